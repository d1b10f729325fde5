"""The Coral accelerator: an Edge TPU on USB or PCIe, through libedgetpu as an external delegate of the interpreter.

Sources: USB ids from Coral's udev rules (libedgetpu, debian/edgetpu-accelerator.rules); the delegate's option "device"
and its values from coral.ai/docs/edgetpu/tflite-python and tflite/public/edgetpu_c.h. It has not run on hardware yet.
"""

from __future__ import annotations

import ctypes
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.accelerators.card import EDGE_TPU_FILE
from edge.accelerators.cpu import LiteRtSession
from edge.errors import ModelError

if TYPE_CHECKING:
    from edge.accelerators.card import Card

LIBRARY = "libedgetpu.so.1"
USB_IDS = {("1a6e", "089a"), ("18d1", "9302")}
"""Vendor and product before the runtime has given the stick its firmware (Global Unichip), and after it (Google)."""
PCI_NODE = re.compile(r"apex_\d+")
"""Device nodes of the kernel's driver (gasket, apex)."""
WARM_UPS = 2
"""Calls after opening: the first carries the weights to the device, the second finds them there."""
ABSENT = "no Edge TPU on USB (1a6e:089a, 18d1:9302) and no /dev/apex_0"


class Coral:
    """Edge TPUs that the kernel has found."""

    name = "coral"
    files: tuple[str, ...] = (EDGE_TPU_FILE,)
    wants = "file compiled for the Edge TPU"

    def __init__(self, device: str = "", *, library: str = LIBRARY, root: Path = Path("/")) -> None:
        """Opens nothing.

        Args:
            device: "usb", "pci", "usb:0", "pci:1", …; empty: the first that is there.
            library: of the delegate, as the dynamic linker finds it.
            root: where ``sys`` and ``dev`` are.
        """
        self._device = device
        self._library = library
        self._root = root

    def found(self) -> tuple[str, ...]:
        """The Edge TPUs that are there, as the delegate names them: ("usb:0", "pci:0")."""
        usb = [path for path in sorted(self._root.glob("sys/bus/usb/devices/*")) if _usb_id(path) in USB_IDS]
        pci = [path for path in sorted(self._root.glob("dev/apex_*")) if PCI_NODE.fullmatch(path.name)]
        return (*(f"usb:{place}" for place in range(len(usb))), *(f"pci:{place}" for place in range(len(pci))))

    def probe(self) -> str | None:
        """Usable when the device is there and the library can be loaded."""
        found = self.found()
        if not found:
            return ABSENT
        if self._device and not any(self._device in {name, name.partition(":")[0]} for name in found):
            return f"there is no Edge TPU {self._device!r}, only {', '.join(found)}"
        try:
            ctypes.CDLL(self._library)
        except OSError as error:
            return f"an Edge TPU is there ({', '.join(found)}), but {self._library} cannot be loaded: {error}"
        return None

    def load(self, content: bytes, card: Card, file: str) -> LiteRtSession:
        """A session whose compiled part runs on the Edge TPU. Raises ModelError when there is none, or it is taken."""
        session = LiteRtSession(content, f"{card.name}/{file}", 1, (self._delegate(),))
        zeros = [np.zeros(spec.shape, np.dtype(spec.dtype)) for spec in session.inputs]
        for _ in range(WARM_UPS):
            session.invoke(zeros)
        return session

    def _delegate(self) -> Any:  # noqa: ANN401 - the two interpreter packages share the class by name only
        options = {"device": self._device} if self._device else {}
        try:
            ctypes.CDLL(self._library)  # by itself first: load_delegate without it also complains on standard error
            return load_delegate()(self._library, options)
        except (OSError, ValueError, RuntimeError) as error:
            named = f"the Edge TPU {self._device!r}" if self._device else "the Edge TPU"
            said = " ".join(str(error).split()) or type(error).__name__
            problem = f"{named} cannot be opened with {self._library}: {said}"
            remedy = "Plug it in again; if it is there (`lsusb`, `ls /dev/apex_*`), see that no other program has it"
            raise ModelError(problem, remedy) from error


def load_delegate() -> Any:  # noqa: ANN401 - as above
    """``load_delegate`` of ai-edge-litert, or of tflite-runtime. Raises ModelError."""
    try:
        from ai_edge_litert.interpreter import load_delegate as load
    except ImportError:
        try:
            from tflite_runtime.interpreter import load_delegate as load
        except ImportError as error:
            problem = f"no TFLite interpreter can be imported: {error}"
            raise ModelError(problem, "Install ai-edge-litert") from error
    return load


def _usb_id(device: Path) -> tuple[str, str]:
    """Vendor and product of a device under sysfs; empty where it is none, or is gone meanwhile."""
    try:
        vendor, product = ((device / name).read_text(encoding="ascii") for name in ("idVendor", "idProduct"))
    except (OSError, UnicodeDecodeError):
        return "", ""
    return vendor.strip().lower(), product.strip().lower()
