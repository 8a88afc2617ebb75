"""Forms as browsers send them: fields, and files."""

from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
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
    form: Form = {}
    files: dict[str, bytes] = {}
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(EmailMessage, policy=HTTP).parsebytes(head + body)
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            continue
        if part.get_filename() is not None:
            files[name] = content
        else:
            form.setdefault(name, []).append(content.decode("utf-8", "replace"))
    return form, files
