"""The front desk as a stranger's requests meet it: any method, path, header and body, and no port.

Its facility has accounts. The provider is a key of ours that the desk holds already: nothing is fetched. What only this
desk knows, a request has by name: `$token$` is a patient's bearer token, `$staff$` a clinician's, `$invitation$` the
word of an invitation and `$id$` its id, `$pass$` what somebody got by it, `$device$` and `$code$` the codes of a
headset that waits. A line `claims CLAIMS` for the header Authorization is the token by which the provider says that.
"""

from __future__ import annotations

import asyncio
import json
import warnings
from typing import TYPE_CHECKING, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey

from server.config import SAMPLE_FACILITY, Facility, load_facility
from server.config.identity import GuestSettings, IdentitySettings
from server.frontdesk.bodies import BODY_BYTES_MAX
from server.identity.bearer import TOKEN_CHARS_MAX
from server.identity.provider import ProviderKeys
from server.room_types import ROOM_TYPES
from tests.support.front_desk import FrontDesk, answer_of, exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from starlette.types import Message

METHODS: Final = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH")
STATUSES: Final = {200, 201, 206, 304, 400, 401, 403, 404, 405, 409, 410, 413, 415, 416, 422, 429}
"""What a request may be answered; 500 and its like are the server's own faults, 503 none that this desk has."""

HEADERS: Final = ("host", "content-type", "authorization", "if-none-match", "range", "origin")
END: Final = b"\n\n"
REQUESTS_MOST: Final = 400
"""After as many, another desk: rooms stay until somebody leaves them, codes are let in, invitations taken back."""

ISSUER: Final = "https://id.example"
CLIENT: Final = "polyclinic-web"
NOW: Final = 1_800_000_000
"""The provider's time of day, and the desk's."""
KEY: Final = OKPKey.import_key(
    Ed25519PrivateKey.from_private_bytes(bytes(range(32))).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ),
    {"kid": "one"},
)
CLAIMS_OF: Final = "claims "


def sign(claims: bytes) -> str:
    """Make the token by which the provider says something, of whatever form that is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        return jws.serialize_compact({"alg": "EdDSA", "kid": "one"}, claims, KEY, algorithms=["EdDSA"])


def claims(**said: object) -> bytes:
    """Lay out what a token says of somebody, good for an hour."""
    whole = {"iss": ISSUER, "aud": CLIENT, "sub": "ann", "name": "Ann", "iat": NOW - 5, "exp": NOW + 3_600} | said
    return json.dumps(whole).encode()


TOKEN: Final = sign(claims())
STAFF: Final = sign(claims(sub="dr-bo", roles=["clinician"], amr=["mfa"]))


class Desk:
    """A front desk that is made anew now and then."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._desk: FrontDesk | None = None
        self._asked = 0
        self.signed: set[str] = set()
        """All tokens by which somebody has an account."""
        self.shown = ""
        """The token of the last request that was set up."""
        self.words: dict[bytes, bytes] = {}
        """What stands for what, in requests."""

    def prepare(self, data: bytes) -> Callable[[], list[Message]]:
        """Set up for the request that some bytes stand for: a method, a path, a line for each header, and a body."""
        desk = self._desk
        if desk is None or self._asked >= REQUESTS_MOST:
            desk = self._desk = self.loop.run_until_complete(self._make())
            self._asked = 0
        self._asked += 1
        for name, word in self.words.items():
            data = data.replace(name, word)
        head, _, body = data.partition(END)
        method, path, *lines = [*head.decode("latin-1").split("\n"), ""]
        named = METHODS[sum(method.encode("latin-1")) % len(METHODS)]
        headers = dict(zip(HEADERS, lines, strict=False))
        if headers.get("authorization", "").startswith(CLAIMS_OF):
            token = sign(headers["authorization"].removeprefix(CLAIMS_OF).encode("latin-1"))
            self.signed.add(token)
            headers["authorization"] = f"Bearer {token}"
        if not headers.get("authorization"):
            headers.pop("authorization", None)
        scheme, _, token = headers.get("authorization", "").partition(" ")
        self.shown = token.strip() if scheme.lower() == "bearer" else ""
        app = desk.app
        return lambda: self.loop.run_until_complete(exchange(app, named, f"/{path}", headers, [body]))

    async def _make(self) -> FrontDesk:
        """Open a desk at which somebody was invited and came, and a headset waits."""
        keys = ProviderKeys(ISSUER, 3_600.0, lambda: 0.0)
        keys._keys, keys._asked_at = [KEY], 0.0
        desk = FrontDesk(facility_with_accounts(), keys=keys, wall=lambda: float(NOW))
        staff = {"authorization": f"Bearer {STAFF}"}
        wish = {"room": "ward", "role": "patient", "name": "Ann", "uses": 1_000}
        made = (await desk.post("/v1/invitations", wish, staff)).json
        came = (await desk.post("/v1/invitations/tickets", {"invitation": made["invitation"]})).json
        headset = (await desk.post("/v1/pairings", {})).json
        words = {
            "$token$": TOKEN,
            "$staff$": STAFF,
            "$invitation$": made["invitation"],
            "$id$": made["id"],
            "$pass$": came["pass"],
            "$device$": headset["device_code"],
            "$code$": headset["user_code"],
        }
        self.words = {name.encode(): word.encode() for name, word in words.items()}
        self.signed = {TOKEN, STAFF}
        return desk


def facility_with_accounts() -> Facility:
    """Read the sample facility, with a provider: guests come into the lobby alone."""
    facility = load_facility(SAMPLE_FACILITY, ROOM_TYPES)
    identity = IdentitySettings(
        issuer=ISSUER,
        client_id=CLIENT,
        everyone=("patient",),
        staff=("clinician",),
        name_claim="name",
        guests=(GuestSettings(roles=("patient",), rooms=("lobby",)),),
    )
    return msgspec.structs.replace(facility, settings=msgspec.structs.replace(facility.settings, identity=identity))


DESK: Final = Desk()


def front_desk(data: bytes) -> bool:
    """Whether a request is granted; whatever is refused is told in the form of a problem."""
    answer = answer_of(DESK.prepare(data)())
    assert answer.status in STATUSES, answer.status
    for name, value in answer.headers.items():
        assert (name + value).isprintable()
    if answer.headers.get("content-type") == "application/problem+json" and answer.body:
        assert answer.code
    if answer.status == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer ")
    if answer.status >= 400:
        # What was shown is not told again, to whoever reads along.
        assert not any(word in answer.body for word in DESK.words.values())
    elif answer.body.startswith(b'{"kind":"account"'):
        assert DESK.shown in DESK.signed
    return answer.status < 400


NOBODY: Final = b"127.0.0.1:8080\napplication/json"
"""The headers of somebody without a token."""


def by(authorization: bytes) -> bytes:
    """Give the headers of somebody with one."""
    return NOBODY + b"\n" + authorization


def seeds() -> Iterable[bytes]:
    """Requests of each kind, quite in order, and some that are not."""
    ticket = b'{"name": "Ann", "role": "patient", "avatar": "plain"}'
    for method, path, head, body in (
        (b"G", b"v1/facility", b"", b""),
        (b"G", b"v1/rooms", b"", b""),
        (b"G", b"v1/rooms/lobby", b"", b""),
        (b"G", b"v1/avatars", b"", b""),
        (b"G", b"v1/avatars/vrm-robin.vrm", b"h\nt\nBearer $token$\netag\nbytes=0-9", b""),
        (b"G", b"scenes/../sample.toml", b"", b""),
        (b"G", b"healthz", b"", b""),
        (b"G", b"metrics", b"", b""),
        (b"O", b"v1/rooms/lobby/tickets", NOBODY, ticket),
        (b"O", b"v1/rooms/nowhere/tickets", NOBODY, ticket),
        (b"O", b"v1/rooms", NOBODY, b'{"type": "consult", "name": "Visit"}'),
        (b"H", b"v1/rooms", NOBODY, b""),
        *identity_seeds(),
    ):
        number = {b"G": 0, b"O": 1, b"H": 2, b"D": 4}[method]
        yield bytes((112 + number,)) + b"\n" + path + b"\n" + head + END + body


def identity_seeds() -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """Requests of people with an account, an invitation or a headset; and such as look like theirs."""

    patient, staff, invited = by(b"Bearer $token$"), by(b"Bearer $staff$"), by(b"Bearer $pass$")
    for who in (NOBODY, patient, staff, invited, by(b"bearer  $token$ "), by(b"Basic $token$"), by(b"Bearer a.b.c")):
        yield b"G", b"v1/me", who, b""
    # As it is on the wire, so that its letters are changed too.
    yield b"G", b"v1/me", by(b"Bearer " + STAFF.encode()), b""
    # Signed, but not as what it says.
    yield b"G", b"v1/me", by(b"Bearer " + f"{STAFF.rpartition('.')[0]}.{TOKEN.rpartition('.')[2]}".encode()), b""
    for said in (
        claims(roles=["clinician"], amr=["pwd", "mfa"], scope="polyclinic:join other"),
        claims(exp=NOW - 31, nbf=NOW + 40, aud=["x", CLIENT], name="Ann \u00c5"),
        claims(iss="https://else.example", sub="", scp=[1]),
        b'{"exp": 1e999, "iat": NaN, "sub": []}',
        b"[]",
    ):
        yield b"G", b"v1/me", by(CLAIMS_OF.encode() + said), b""
    wish = b'{"room": "ward", "role": "patient", "hours": 1, "uses": 1, "name": "Cleo"}'
    shown, code = b'{"invitation": "$invitation$"}', b'{"user_code": "$code$"}'
    for method, path, who, body in (
        (b"O", b"v1/rooms/ward/tickets", patient, b'{"name": "Ann", "role": "patient"}'),
        (b"O", b"v1/rooms/ward/tickets", staff, b'{"name": "Bo", "role": "clinician", "returning": true}'),
        (b"O", b"v1/rooms/ward/tickets", invited, b'{"name": "Ann", "role": "patient"}'),
        (b"O", b"v1/rooms", staff, b'{"type": "consult", "name": "Visit", "role": "clinician"}'),
        (b"O", b"v1/invitations", staff, wish),
        (b"O", b"v1/invitations", patient, wish),
        (b"G", b"v1/invitations", staff, b""),
        (b"O", b"v1/invitations/show", NOBODY, shown),
        (b"O", b"v1/invitations/tickets", NOBODY, b'{"invitation": "$invitation$", "name": "Di", "avatar": "plain"}'),
        (b"O", b"v1/pairings", NOBODY, b"{}"),
        (b"O", b"v1/pairings/show", patient, code),
        (b"O", b"v1/pairings/token", NOBODY, b'{"device_code": "$device$"}'),
        (b"O", b"v1/pairings/approval", patient, b'{"user_code": "$code$", "allow": true}'),
        (b"O", b"v1/pairings/approval", invited, b'{"user_code": "$code$", "allow": false}'),
        (b"D", b"v1/invitations/$id$", patient, b""),
        (b"D", b"v1/invitations/$id$", staff, b""),
    ):
        yield method, path, who, body
    # As large as they may be, and a little larger.
    groups = claims(roles=[f"group {number:04d}" for number in range(400)])
    yield b"G", b"v1/me", by(CLAIMS_OF.encode() + groups), b""
    yield b"G", b"v1/me", by(b"Bearer " + b"a" * TOKEN_CHARS_MAX), b""
    yield b"G", b"v1/me", by(b"Bearer " + b"." * (TOKEN_CHARS_MAX + 1)), b""
    yield b"O", b"v1/invitations/show", NOBODY, b'{"invitation": "%s"}' % (b"a" * 4_096)
    yield b"O", b"v1/invitations/show", NOBODY, b" " * (BODY_BYTES_MAX - 600) + shown
    yield b"O", b"v1/invitations/show", NOBODY, b" " * (BODY_BYTES_MAX + 1)
