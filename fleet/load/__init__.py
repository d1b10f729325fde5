"""Hundreds of devices as real MQTT clients at a real Mosquitto: what arrives, how late, and what that costs."""
