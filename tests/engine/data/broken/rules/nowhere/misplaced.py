"""No principle."""
