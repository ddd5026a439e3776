"""The policy language: YAML text to immutable, typed trees and back."""
