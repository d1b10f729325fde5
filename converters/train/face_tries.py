"""Ideas that were tried for the face, each with what it was worth; the card shows them.

Short comparisons are between trainings that took the same time on one core, not the same epochs.
"""

from __future__ import annotations

from edge.accelerators.card import Try

HELD_OUT = "2,097 held-out rows of FER2013 Training, FER+ majority; float"


def _try(idea: str, value: float, why: str, *, kept: bool, figure: str = "accuracy", on: str = HELD_OUT) -> Try:
    return Try(idea=idea, figure=figure, value=value, on=on, kept=kept, why=why)


TRIES = (
    _try(
        "first generation: strong changes, first layer at stride 2, grey levels 0 to 255, rare rows weighted, "
        "FER2013's search words as votes; 40 epochs",
        0.7568,
        "what follows, taken together, is past it after 10 epochs (0.7821)",
        kept=False,
    ),
    _try(
        "residual blocks from full resolution, standardised chips, gentle changes, plain votes; 2 epochs, 351 s",
        0.681,
        "the start of everything below",
        kept=True,
    ),
    _try(
        "the same on chips of 32 pixels first; 4 epochs, 354 s (measured on 32 pixels)",
        0.7163,
        "a small chip costs 0.44 of a full one; after 19 epochs on up to 40 pixels one on 48 gave 0.7 points",
        kept=True,
    ),
    _try(
        "averaged weights, decay 0.999; the same 4 epochs",
        0.7492,
        "3 points early on; nothing is left of it when the learning rate has fallen",
        kept=True,
    ),
    _try(
        "answers averaged over the chip and its mirror image; last epoch",
        0.845,
        "1.1 points over 0.8340, but it doubles the work of the net on the device",
        kept=False,
    ),
    _try(
        "logit adjustment: logits less a part of the logarithm of each emotion's share; last epoch",
        0.7471,
        "no part was better than none (0.7471) within 0.1 point of accuracy: showing rare rows more often had done it",
        figure="macro-F1",
        kept=True,
    ),
    _try(
        "a bias for each emotion fitted with the temperature on held-out rows, five folds; epoch 24",
        0.8264,
        "worse than none (0.8283)",
        kept=False,
    ),
    _try(
        "from epoch 27: no dropout, calmer changes, learning rate up once more for 6 epochs",
        0.834,
        "0.8283 at epoch 24: a net that knows 84.7 % of its own clean rows underfits; it now knows 86.5 %",
        kept=True,
    ),
    _try(
        "those weights asked in four views: FER2013's cut and the device's, each also mirrored, logits averaged",
        0.8598,
        "four times the work on the device; 0.853 for the two cuts, 0.845 for the cut and its mirror image",
        kept=False,
    ),
    _try(
        "trained anew, 24 epochs on the votes in one cosine, then 34 on the votes and on its own mean over four views",
        0.8488,
        "0.8288 after the votes alone; cross-entropy with the votes 0.649, then 0.612; 100 minutes on one thread",
        kept=True,
    ),
    _try(
        "one epoch of quantisation-aware training on the votes, after that",
        0.8445,
        "0.8507 for post-training quantisation, which is what the float net has: there is no loss to win back",
        kept=False,
        on=HELD_OUT.replace("float", "int8"),
    ),
)
