"""Take the README's picture: the map page in a lobby with people of the project's own motion. Needs Chromium.

PYTHONPATH=. .venv/bin/python docs/pictures/make.py
"""

import asyncio
from pathlib import Path

from tests.support.chromium import Chromium, Page
from tests.support.crowd import Role, crowd
from tests.support.server_process import ServerProcess

PICTURE = Path(__file__).parent / "lobby-map.png"
WIDTH, HEIGHT, SHARPNESS = 1280, 800, 1.5
MIDDLE_X, MIDDLE_Z, PACE = -2.5, 1.5, 1.4
STATE = "window.polyclinic.describe()"

LOBBY = (
    # At the reception.
    Role("Dr. Amara", "clinician", [(-1.3, -7.1)], looks_at=(-1.2, -4.4), talks=True),
    Role("Jonas", "clinician", [(1.5, -7.0)], looks_at=(1.4, -4.4)),
    Role("Mr. Okafor", "patient", [(-1.2, -4.5)], looks_at=(-1.2, -7)),
    Role("Lena", "patient", [(1.4, -4.4)], looks_at=(1.5, -7)),
    # Waiting in the west.
    Role("Rosa", "patient", [(-7.5, 2.5)], looks_at=(-6.8, 0), seated=True),
    Role("Tariq", "patient", [(-6.1, 2.5)], looks_at=(-7.2, 0), seated=True, talks=True),
    Role("Ines", "patient", [(-6.8, -0.5)], looks_at=(-6.8, 3), seated=True),
    Role("Sam", "patient", [(-8.9, 1.0)], looks_at=(-6, 1), seated=True, hands=False),
    Role("Petra", "patient", [(-11.2, -3.6)], looks_at=(-5, -3.4), seated=True),
    Role("Luis", "patient", [(-11.2, -5.6)], looks_at=(-5, -5), seated=True, hands=False),
    # A lesson in the east.
    Role("Prof. Lindqvist", "instructor", [(7.0, -2.9)], looks_at=(6.9, 0), talks=True),
    Role("Mei", "student", [(6.0, -0.6)], looks_at=(6.9, -3), seated=True),
    Role("Pavel", "student", [(7.7, -0.6)], looks_at=(6.9, -3), seated=True),
    Role("Aisha", "student", [(4.9, -1.9)], looks_at=(6.9, -3)),
    Role("Noah", "student", [(9.0, -1.9)], looks_at=(6.9, -3)),
    Role("Wendy", "patient", [(6.2, 2.5)], looks_at=(7, 0), seated=True),
    Role("Karl", "patient", [(8.9, 1.0)], looks_at=(6, 1), seated=True),
    # On their way.
    Role("Nurse Ida", "clinician", [(-3.6, -3.0), (3.6, -3.0), (3.6, -1.6), (-3.6, -1.6)]),
    Role("Dr. Chen", "clinician", [(-10, -7.2), (-5.4, -5.4), (-4.6, -4), (-10, -5)]),
    Role("Olga", "patient", [(0, 7.6), (0.4, 2), (2.4, 0.4), (3.2, 2), (1.4, 6)]),
    Role("Ben", "patient", [(-1.6, 7.0), (-3.0, 3), (-1.4, 0.6), (-0.9, 4)]),
    Role("Hanna", "student", [(10.3, -7.4), (10.3, 5.2), (9.7, 5.2), (9.8, -6.8)]),
    Role("Yusuf", "student", [(9.5, -5.4), (5.0, -4.8), (5.0, -5.8), (9.2, -6.4)]),
    Role("Grace", "clinician", [(3.4, 4.4), (8.4, 4.6), (8.6, 5.8), (3.6, 5.6)], talks=True),
    Role("Emil", "patient", [(3.2, 6.2)], looks_at=(3.2, 5.0)),
)


async def main() -> None:
    """Fill the lobby, come in, say a few words, and take the picture."""
    with ServerProcess() as server:
        async with Chromium(width=WIDTH, height=HEIGHT) as browser, crowd(server.http, "lobby", LOBBY) as rooms:
            page = await browser.page(server.http)
            await page.command(
                "Emulation.setDeviceMetricsOverride",
                width=WIDTH,
                height=HEIGHT,
                deviceScaleFactor=SHARPNESS,
                mobile=False,
            )
            await come_in(page)
            speakers = {role.name: room for role, room in zip(LOBBY, rooms, strict=True)}
            await speakers["Mr. Okafor"].say("Good morning, I have an appointment at ten.")
            await speakers["Dr. Amara"].say("Welcome! Consultation 1 is ready for you.")
            await speakers["Prof. Lindqvist"].say("Look at how she holds the arm.")
            await page.wait_for(f"{STATE}.said.length === 3")
            # Until two of those with a voice are heard at once.
            await page.wait_for(f"{STATE}.shown.filter(({{ voice }}) => voice > 0.25).length >= 2", seconds=8)
            await page.picture(PICTURE)


async def come_in(page: Page) -> None:
    """Join through the form, and walk to the middle."""
    await page.wait_for("document.querySelectorAll('.room').length > 3")
    await page.evaluate(
        "document.querySelector('#name').value = 'Ada'; document.querySelector('#role').value = 'clinician';"
        "document.querySelector('#join').click()"
    )
    await page.wait_for(f"{STATE}.state === 'live' && {STATE}.furniture > 0 && {STATE}.shown.length === {len(LOBBY)}")
    x, z = (await page.evaluate(STATE))["self"]["at"]
    await page.hold_key("ArrowUp" if z > MIDDLE_Z else "ArrowDown", abs(z - MIDDLE_Z) / PACE)
    await page.hold_key("ArrowLeft" if x > MIDDLE_X else "ArrowRight", abs(x - MIDDLE_X) / PACE)
    await page.hold_key("ArrowUp", 0.4)


if __name__ == "__main__":
    asyncio.run(main())
