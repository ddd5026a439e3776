"""What is kept of a password: Argon2id as RFC 9106 asks for, salted, and of no use to whoever reads it."""

from policy_service.services.sign_in.secrets_of_people import LONGEST, hash_of_nobody, hashed, opens

PASSWORDS_ARE_DEAR = True


def test_it_takes_the_memory_and_the_time_that_make_guessing_dear() -> None:
    kept = hashed("correct horse battery")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert kept != hashed("correct horse battery")
    assert (True, False) == (opens(kept, "correct horse battery"), opens(kept, "correct horse"))
    assert hash_of_nobody().startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_hash_that_is_none_opens_nothing_and_a_long_text_is_cut_before_it_costs_anything() -> None:
    assert not opens("", "")
    assert not opens("plain text", "plain text")
    assert not opens(hashed("x" * LONGEST), "x" * (LONGEST + 1_000_000))
