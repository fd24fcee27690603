"""Two customers that ask for one time at the same instant, on a server with two worker processes:
one gets it, the other is told, and shown the next ones."""

import re
import threading

from test_quote_races import PASSWORD, sign_in

from devtools.browser import form_token
from devtools.live_server import LiveServer

PEOPLE = f"""
from odoo import Command
env["res.lang"]._activate_lang("en_US")
company = env.company
company.write({{"portal_enabled": True, "portal_show_appointments": True}})
for login in ("uno", "dos"):
    customer = env["res.partner"].create(
        {{"name": login, "is_company": True, "email": login + "@example.com", "lang": "en_US"}})
    customer.portal_profile_id = env.ref("customer_portal_plus.profile_full")
    env["res.users"].with_context(no_reset_password=True).create(
        {{"partner_id": customer.id, "login": "slot_" + login, "password": "{PASSWORD}",
          "group_ids": [Command.set(env.ref("base.group_portal").ids)]}})
calendar = env["resource.calendar"].create({{
    "name": "Always", "tz": "UTC", "attendance_ids": [Command.clear()] + [
        Command.create({{"name": day, "dayofweek": day, "hour_from": 8, "hour_to": 17}})
        for day in "0123456"]}})
room = env["resource.resource"].create({{
    "name": "Room", "calendar_id": calendar.id, "resource_type": "material", "tz": "UTC"}})
combination = env["resource.booking.combination"].create(
    {{"resource_ids": [Command.set(room.ids)]}})
kinds = env["resource.booking.type"].create([{{
    "name": name, "company_id": company.id, "resource_calendar_id": calendar.id,
    "combination_rel_ids": [Command.create({{"combination_id": combination.id}})],
    "portal_bookable": True}} for name in ("Visit", "Advice")])
print("KINDS", *kinds.ids)
"""


def test_two_customers_on_one_time():
    """Through kinds that share the room: what is locked is what both would occupy."""
    with LiveServer(with_bridges=True) as server:
        told = server.run_code(PEOPLE)
        kinds = re.search(r"KINDS (\d+) (\d+)", told).groups()
        sessions = [sign_in(server, "slot_uno"), sign_in(server, "slot_dos")]
        forms = []
        for session, kind in zip(sessions, kinds, strict=True):
            url = f"{server.base_url}/my/bookings/new/{kind}"
            page = session.get(url, timeout=60).text
            when = re.search(r'name="when"[^>]* value="([^"]+)"', page).group(1)
            forms.append((url, {"csrf_token": form_token(page), "when": when}))
        assert forms[0][1]["when"] == forms[1][1]["when"]
        barrier = threading.Barrier(2)
        answers = [None, None]

        def send(place):
            barrier.wait()
            url, form = forms[place]
            answers[place] = sessions[place].post(url, data=form, timeout=120)

        threads = [threading.Thread(target=send, args=(place,)) for place in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answer.status_code for answer in answers) == [200, 422], [
            answer.text[-2000:] for answer in answers
        ]
        [loser] = [answer.text for answer in answers if answer.status_code == 422]
        assert "not free any more" in loser
        assert 'name="when"' in loser
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM resource_booking WHERE state = 'confirmed'")
            assert cursor.fetchall() == [(1,)]
            cursor.execute("SELECT count(*) FROM calendar_event")
            assert cursor.fetchall() == [(1,)]
