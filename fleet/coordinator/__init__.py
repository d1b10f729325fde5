"""Rounds in which devices learn together: announced, collected over MQTT, put together by Flower, signed."""
