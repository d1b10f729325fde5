"""The bundled session: files for every sensor, made from one script."""
