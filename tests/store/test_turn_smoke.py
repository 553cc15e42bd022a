from datetime import UTC, datetime
from app.actions.take_turn import HeardText, take_turn
from app.store.ledger import verify
from app.wording.line import Line

AT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)

def plain(lines, language, zone):
    return (language + "\n" + "\n--\n".join(l.message.format(**l.params) for l in lines)).encode()

async def test_smoke(store):
    a = await take_turn(store, HeardText("+8801712345678", "+15550001111", "three months no overtime pay", "sms"), provider_id="SM1", render=plain, at=AT)
    print(a.body.decode())
    b = await take_turn(store, HeardText("+8801712345678", "+15550001111", "three months no overtime pay", "sms"), provider_id="SM1", render=plain, at=AT)
    assert b.body == a.body and b.is_repeat
    for i, t in enumerate(["dont know", "no", "1", "yes", "STATUS"]):
        c = await take_turn(store, HeardText("+8801712345678", "+15550001111", t, "sms"), provider_id=f"SMx{i}", render=plain, at=AT)
        print(">", t); print(c.body.decode())
    v = await verify(store)
    assert v.ok, v.problems
    print(v)
