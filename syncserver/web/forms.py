"""Forms as browsers send them: fields, and files."""

from email.message import Message
from email.parser import BytesHeaderParser
from urllib.parse import parse_qs

_MOST_FIELDS = 2_000

Form = dict[str, list[str]]


def read_form(content_type: str, body: bytes) -> tuple[Form, dict[str, bytes]]:
    """The fields of a form by name, and the files that were sent with it. A body that is no form has none."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _multipart(content_type, body)
    if kind != "application/x-www-form-urlencoded":
        return {}, {}
    try:
        text = body.decode("ascii")
        return parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS), {}
    except ValueError:
        return {}, {}


def _multipart(content_type: str, body: bytes) -> tuple[Form, dict[str, bytes]]:
    """RFC 7578: parts between lines of the boundary, each with headers; the bytes of a file stay as they are."""
    form: Form = {}
    files: dict[str, bytes] = {}
    whole = Message()
    whole["Content-Type"] = content_type
    boundary = whole.get_boundary("")
    if not boundary:
        return form, files
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1", "replace"))[1 : _MOST_FIELDS + 1]:
        head, end, content = part.partition(b"\r\n\r\n")
        if not end:
            continue
        said = BytesHeaderParser().parsebytes(head.removeprefix(b"\r\n"))
        name = said.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            continue
        if said.get_param("filename", header="content-disposition") is not None:
            files[name] = content
        else:
            form.setdefault(name, []).append(content.decode("utf-8", "replace"))
    return form, files
