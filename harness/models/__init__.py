"""Access to models: one client, one owner of retries, one limiter, recordings, prices, token counts, latency.

Nothing here knows what a CV is. Whatever a provider does becomes an `Attempt`; nothing a provider does raises.
"""
