"""What needs runs and goldens together: acceptance, looks, golden care, twins, blame, trend.

Nothing here decides about a candidate; that is `gates`. Nothing here calls a model; that is `replay`.
"""
