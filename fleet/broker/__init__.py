"""A real Mosquitto with the configuration of ``firmware_configs/broker``, and whether it lets through only what it should."""
