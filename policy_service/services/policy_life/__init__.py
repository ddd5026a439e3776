"""The life of policy versions: drafted, checked, handed in, approved by others, scheduled, rolled back, retired."""
