"""How much is asked in one packet: grows while all arrives, is cut where it was too much, and remembers."""

from __future__ import annotations

from collector.poll.answer_size import FIRST_TRIAL, LARGEST, ONE_FRAME, RAREST_TRIAL, SMALLEST, AnswerSize

UDP = 65_507


def polls(size: AnswerSize, number: int, *, takes: int = UDP, share: float = 0.6) -> None:
    """Let polls come through whose answers have this share of what was expected of them."""
    for _ in range(number):
        size.arrived(round(size.expected * share), packets=9, resent=0, takes=takes)


def test_the_limit_grows_poll_by_poll_up_to_four_frames() -> None:
    """A device that gives any size is soon asked in the fewest packets."""
    size = AnswerSize()
    assert size.limit == ONE_FRAME
    polls(size, FIRST_TRIAL)
    assert size.limit == ONE_FRAME * 2
    polls(size, 50)
    assert size.limit == LARGEST


def test_no_more_is_asked_than_the_device_says_it_takes() -> None:
    """msgMaxSize of SNMPv3 saves the trial."""
    size = AnswerSize()
    polls(size, 100, takes=1_472)
    assert size.limit == ONE_FRAME


def test_packets_are_filled_by_what_values_really_take() -> None:
    """Answers that leave room lead to more variables in the next packets, and not beyond the limit."""
    size = AnswerSize()
    polls(size, 2, takes=1_472)
    assert 0.75 * ONE_FRAME <= size.expected * 0.6 <= ONE_FRAME
    settled = size.expected
    polls(size, 20, takes=1_472)
    assert size.expected == settled


def test_values_that_grew_make_packets_shorter_again() -> None:
    """Counters take more octets as they count."""
    size = AnswerSize()
    polls(size, 5, takes=1_472, share=0.5)
    polls(size, 1, takes=1_472, share=0.9)
    assert size.expected * 0.9 <= ONE_FRAME


def test_what_was_too_large_is_cut_at_once_and_tried_ever_more_rarely() -> None:
    """Trials of a size that fails come after 3, 24, 192 and 1,440 polls, a day at one a minute."""
    size = AnswerSize()
    waits = []
    for _ in range(5):
        waited = 0
        while size.limit == ONE_FRAME:
            polls(size, 1)
            waited += 1
        waits.append(waited)
        assert size.on_trial
        size.too_large()
        assert size.limit == ONE_FRAME
    assert waits == [3, 24, 192, RAREST_TRIAL, RAREST_TRIAL]


def test_a_trial_during_which_something_had_to_be_asked_again_has_failed() -> None:
    """Fragments that get lost now and then are a reason to stay with one frame."""
    size = AnswerSize()
    polls(size, FIRST_TRIAL)
    size.arrived(2_000, packets=5, resent=1, takes=UDP)
    assert size.limit == ONE_FRAME


def test_one_lost_packet_at_a_size_that_has_proved_itself_cuts_nothing() -> None:
    """Lines lose packets of any size; it only puts off the next trial."""
    size = AnswerSize()
    polls(size, FIRST_TRIAL - 1)
    size.arrived(1_000, packets=9, resent=1, takes=UDP)
    polls(size, FIRST_TRIAL - 1)
    assert size.limit == ONE_FRAME
    polls(size, 1)
    assert size.limit == ONE_FRAME * 2


def test_hopeful_packing_is_given_up_before_a_limit_that_has_proved_itself() -> None:
    """tooBig after values grew is no word against the limit."""
    size = AnswerSize()
    polls(size, 2, takes=1_472)
    assert size.expected > size.limit
    assert not size.on_trial
    size.too_large()
    assert (size.limit, size.expected) == (ONE_FRAME, ONE_FRAME)
    size.too_large()
    assert size.limit == ONE_FRAME // 2


def test_the_limit_never_falls_below_what_every_agent_must_give() -> None:
    """RFC 3412 section 6: 484 octets."""
    size = AnswerSize()
    for _ in range(20):
        size.too_large()
    assert size.limit == SMALLEST
    assert size.variables >= 1
