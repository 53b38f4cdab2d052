"""What a run is made from: the plan, its documents and goldens, the provider, the arms, and what they will cost."""
