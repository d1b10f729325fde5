"""The way to the home: one connection to a broker, and Home Assistant's discovery."""
