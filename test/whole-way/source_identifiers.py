"""Prints, as JSON, the identifying values of DICOM files, read by pydicom: an independent judge of what must vanish.

Usage: python3 source_identifiers.py FILE...
Output: {"values": {"<hex of the bytes as they stand in the file>": {"text": "...", "kind": "name|id|accession|uid"}},
         "unread": [file names]}
Only values of six characters and more; registered DICOM UIDs (1.2.840.10008) are not identifying.
"""
import json
import re
import sys

import pydicom
from pydicom.multival import MultiValue

KINDS = {
    0x00100010: "name",
    0x00100020: "id",
    0x00080050: "accession",
}
# Values that stand for "no value" in test data, as one or two
# repeated characters do (0000000001 also stands in any base64 of an account id); they say nothing about anybody.
PLACEHOLDERS = {"anonymous", "anonymized", "unknown", "patient", "no name", "nobody", "test^test"}


def normalise(text):
    return text.strip(" \0^=")


def collect(dataset, found):
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value or []:
                collect(item, found)
            continue
        kind = KINDS.get(int(element.tag))
        if kind is None and element.VR == "UI":
            kind = "uid"
        if kind is None or element.value is None:
            continue
        values = element.value if isinstance(element.value, (list, MultiValue)) else [element.value]
        for value in values:
            texts = {normalise(str(value))}
            if kind == "name":
                for group in str(value).split("="):
                    texts.add(normalise(group))
                    texts.update(normalise(part) for part in re.split(r"[\^ ]", group))
                original = getattr(value, "original_string", None)
                if isinstance(original, bytes):
                    raw = original.strip(b" \0^=")
                    if len(raw) >= 6 and len(set(raw)) > 2:
                        found[raw.hex()] = {"text": raw.decode("latin-1"), "kind": "name"}
            for text in texts:
                if len(text) < 6 or text.lower() in PLACEHOLDERS or len(set(text)) < 3:
                    continue
                if kind == "uid" and text.startswith("1.2.840.10008."):
                    continue
                found.setdefault(text.encode("utf-8").hex(), {"text": text, "kind": kind})


def main(paths):
    found, unread = {}, []
    for path in paths:
        try:
            dataset = pydicom.dcmread(path, force=True, stop_before_pixels=False)
            collect(dataset.file_meta if hasattr(dataset, "file_meta") else [], found)
            collect(dataset, found)
        except Exception:
            unread.append(path.rsplit("/", 1)[-1])
    json.dump({"values": found, "unread": unread}, sys.stdout)


main(sys.argv[1:])
