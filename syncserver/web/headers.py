"""What every answer tells the browser besides its content: nothing is loaded from elsewhere, framed, or kept."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=()",
}
"""No Strict-Transport-Security: the office's certificate is its own, and a browser that has been told so lets nobody
accept it. There is no plain HTTP to fall back to."""

PRIVATE = {"Cache-Control": "no-store"}
"""Pages are about people and money."""

KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
"""Style and script: their address changes with their content."""
