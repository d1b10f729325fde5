"""A real Mosquitto with the configuration of ``firmware_configs/broker``, and what it lets through."""
