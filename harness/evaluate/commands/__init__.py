"""What a person asks for, one file each: short scripts over the stages."""
