"""Harms and harmless changes in worlds of noise, made from the goldens to try the whole decision on."""
