"""What was predicted of a policy version at its approval, beside what happened once it was in force."""
