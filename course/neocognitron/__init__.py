"""The neocognitron: a network of S-cells and C-cells that organises itself, in NumPy.

Source: K. Fukushima, *Neocognitron: A Self-organizing Neural Network Model for a Mechanism of Pattern Recognition
Unaffected by Shift in Position*, Biological Cybernetics 36, 1980, pages 193-202.

From the paper: what cells compute and how they learn (`cells`), columns and representatives (`organise`), the sizes of
the layers, r = 4.0, 1.5, 1.5, q = 1.0, 16.0, 16.0 and alpha = 0.5 (`network.PAPER`), 24 planes, five patterns, shown 20
times each and shifted at random.

What the course chose where the paper gives no numbers:

- c and d fall as 0.7 to the power of the distance, in places; d is 1 in the middle, the sum of c is 1.
- The first synapses a have the scale 0.0001, and the preferences of `initial_excitation`.
- A C-layer of 10 x 10 on 16 x 16, and of 6 x 6 on 8 x 8, has a C-cell over every second S-cell, and one row and
  column of them beyond the edge on each side; outside there is nothing but zeros.
- S-columns lie at every place of a layer. Patterns are shifted by up to 2 pixels. The digits are drawn by the course.

What it does otherwise than the paper:

- The S-layers learn one after the other, each from its own 20 presentations of every pattern. In the paper all of
  them learn at each presentation; ``together=True`` does that. Then a higher layer also learns from a lower one that
  still changes, and with some seeds two patterns end up with the same cell.
- ``psi(x) = phi(x) / (alpha + phi(x))``, where the paper has ``phi(x / (alpha + x))``. Both are the same for every x
  above -alpha. Below it, where a C-cell is inhibited most, the paper's quotient is of two negative numbers, and would
  excite the cell.
"""

from .cells import c_cell, fading, inhibition, likeness, likeness_needed, phi, psi, reinforce, s_cell
from .handwriting import HANDWRITING, framed, most_often, organised_on_handwriting
from .layers import c_layer, fixed_c, fixed_d, inhibition_layer, s_layer
from .measure import changed_digits, nearest_template, reading, recognised
from .network import PAPER, Module, Neocognitron
from .organise import initial_excitation, representatives
from .patterns import digit, digits, shifted, with_noise
from .training import organised, presentations, self_organise

__all__ = [
    "HANDWRITING",
    "PAPER",
    "Module",
    "Neocognitron",
    "c_cell",
    "c_layer",
    "changed_digits",
    "digit",
    "digits",
    "fading",
    "fixed_c",
    "fixed_d",
    "framed",
    "inhibition",
    "inhibition_layer",
    "initial_excitation",
    "likeness",
    "likeness_needed",
    "most_often",
    "nearest_template",
    "organised",
    "organised_on_handwriting",
    "phi",
    "presentations",
    "psi",
    "reading",
    "recognised",
    "reinforce",
    "representatives",
    "s_cell",
    "s_layer",
    "self_organise",
    "shifted",
    "with_noise",
]
