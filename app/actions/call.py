"""One step of a call in the making: what is known of it, and what it leaves behind."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.actions.secrets import Secrets
from app.actions.take_turn import languages_of
from app.actions.turn import HeardText, Work
from app.conversation.calls.session import At, CallSession, CallTurn, Keys, Spoke
from app.conversation.reading import read as read_text
from app.conversation.session import Add, AnyAct, Open, RenewPin
from app.domain.ledger import canonical
from app.domain.reference import Chance, new_case_number, new_pin
from app.store import calls
from app.store.calls import CallRow, KnownCall
from app.store.cases import Held, hold_known
from app.store.engine import Store, Transaction
from app.store.ids import new_id
from app.store.recordings import sid_context
from app.store.sealing import CannotOpen
from app.wording.prompt import Spoken

CHANNEL = "voice"
_NEEDS_PIN_NO_MORE = (At.REACH, At.OVER)


@dataclass(frozen=True, slots=True)
class HeardCall:
    """One request of the carrier's about a call.

    `sender` is who is at the other end, whoever rang; None: withheld. `turn`
    is the step that this answers, None the first request of a call. `owed_id`
    is the debt for which we rang, `is_machine` that a machine picked up.
    """

    sid: str
    sender: str | None
    dialled: str
    heard: Keys | Spoke | None = None
    turn: int | None = None
    recording: str | None = None  # the carrier's id of what was spoken
    owed_id: UUID | None = None
    is_machine: bool = False
    is_ours: bool = False  # we rang


@dataclass(slots=True)
class Call:
    """One step in the making: its row, its case, and what is to be written."""

    tag: bytes
    known: KnownCall
    row: CallRow | None
    work: Work
    session: CallSession
    pin: str | None = None  # while the caller does not have it safely
    message: Spoken | None = None  # of a person, to the worker
    proved: Held | None = None
    resumes: CallSession | None = None
    owed_id: UUID | None = None

    @property
    def version(self) -> int:
        return self.known.directory_version

    def hold(self, case_id: UUID | None) -> None:
        """Take the case that this call opened or proved."""
        row = next((each for each in self.known.cases if each["id"] == case_id), None)
        if row is not None:
            self.work.held = hold_known(self.work.store, row)
            self.work.secrets = Secrets.of(row)
        self.pin = self._spoken_pin()

    def _spoken_pin(self) -> str | None:
        held, sealed = self.work.held, self._pin_sealed()
        if held is None or sealed is None:
            return None
        try:
            return held.key.open(sealed, f"call|pin|{held.file.id}").decode()
        except CannotOpen:
            return None

    def _pin_sealed(self) -> bytes | None:
        row = self.row
        if row is None and self.resumes is not None:
            row = self.known.earlier
        return row.pin_sealed if row else None

    def carry_out(self, turn: CallTurn, heard: HeardCall) -> None:
        """Do what follows, and keep the recording with its case."""
        work = self.work
        if turn.session.is_dropped:
            work.held, self.pin = None, None
        if self.proved is not None and turn.session.is_following:
            work.held = self.proved
        work.language = turn.session.language or work.language
        acts = tuple(a for a in turn.acts if not self._is_kept_already(a))
        if RenewPin() in acts and self.pin is not None:
            work.pin = self.pin  # the one that she has keyed back
        work.do(acts)
        if turn.session.at is At.REPRISAL:
            work.put_reprisal()
        if work.is_new:
            self.pin = work.pin
        elif turn.session.is_following:
            at_own = turn.session.at is At.OWN_PIN
            self.pin = (self.pin or work.pin) if at_own else None
        if heard.turn is None:
            work.count_dialled()
        if isinstance(heard.heard, Spoke):
            self.keep_recording(heard.recording, heard.heard.seconds)
        work.settle()

    def _is_kept_already(self, act: AnyAct) -> bool:
        """What was spoken was told by the recording's own report before."""
        return self.known.is_recording_known and isinstance(act, Open | Add)

    def keep_recording(self, sid: str | None, seconds: int) -> None:
        """Owe the fetching of what was spoken."""
        work = self.work
        if not sid or seconds < 1 or self.known.is_recording_known:
            return
        assert work.held is not None
        recording_id = new_id(work.at)
        context = sid_context(recording_id)
        work.changes.add(
            "recordings",
            recording_id,
            work.store.keyring.recording_tag(sid),
            self.tag,
            work.held.file.id,
            None,
            work.at,
            seconds,
            work.store.keyring.seal(sid.encode(), context),
            "owed",
            work.at,
            0,
        )

    def keep(self, session: CallSession, heard_at: datetime | None = None) -> None:
        """Keep where the call stands; the PIN only until the caller has it.

        A report of what was spoken is no step of the call: it leaves
        `heard_at` as it was.
        """
        work, row = self.work, self.row
        held, at = work.held, work.at
        sealed = None
        if held and self.pin and session.at not in _NEEDS_PIN_NO_MORE:
            sealed = held.key.seal(self.pin.encode(), f"call|pin|{held.file.id}")
        work.changes.add(
            "calls",
            self.tag,
            work.phone_tag,
            row.phone_sealed if row else self._sealed_phone(),
            work.heard.dialled,
            "out" if self.owed_id else "in",
            self.owed_id,
            held.file.id if held else None,
            canonical(session.to_json()),
            sealed,
            # To the hour: else it would be found again in the carrier's log.
            row.started_at if row else at.replace(minute=0, second=0, microsecond=0),
            heard_at or at,
            (heard_at or at) + calls.KEPT,
        )

    def take_up(self) -> None:
        """Let nobody take up the earlier call a second time."""
        earlier = self.known.earlier
        if self.resumes is None or earlier is None:
            return
        over = replace(self.resumes, at=At.OVER)
        self.work.changes.add(
            "calls",
            earlier.tag,
            earlier.phone_tag,
            earlier.phone_sealed,
            earlier.dialled,
            earlier.direction,
            earlier.owed_id,
            earlier.case_id,
            canonical(over.to_json()),
            None,
            earlier.started_at,
            earlier.heard_at,
            earlier.heard_at + calls.KEPT,
        )

    def _sealed_phone(self) -> bytes | None:
        sender = self.work.heard.sender
        if sender is None:
            return None
        context = f"call|phone|{self.tag.hex()}"
        return self.work.store.keyring.seal(sender.encode(), context)


async def open_call(
    store: Store,
    tx: Transaction,
    heard: HeardCall,
    at: datetime,
    random: Chance,
) -> Call:
    """Lock the call and its cases, and read all that is known of them."""
    keyring = store.keyring
    tag = keyring.call_tag(heard.sid)
    phone_tag = keyring.phone_tag(heard.sender) if heard.sender else None
    step = "start" if heard.turn is None else heard.turn
    claim = keyring.message_tag(f"{heard.sid}|{step}")
    await calls.lock(tx, tag, phone_tag, at)
    known = await calls.read(
        tx,
        tag=tag,
        phone_tag=phone_tag,
        claim=claim,
        recording_tag=keyring.recording_tag(heard.recording)
        if heard.recording
        else None,
        candidates=[new_case_number(random) for _ in range(4)],
        at=at,
    )
    directory = await store.directory_at(tx, known.directory_version)
    seconds = heard.heard.seconds if isinstance(heard.heard, Spoke) else 0
    number = directory.number(heard.dialled)
    work = Work(
        store=store,
        directory=directory,
        heard=HeardText(
            heard.sender,
            heard.dialled,
            "",
            CHANNEL,
            (f"voice {seconds} s",) if seconds else (),
        ),
        reading=read_text(""),
        number=number,
        phone_tag=phone_tag,
        provider_id=claim,
        at=at,
        free_number=known.free_numbers[0] if known.free_numbers else "",
        pin=new_pin(random),
        is_first=False,
        language=languages_of(number, directory)[0],
    )
    row = known.call
    session = CallSession.from_json(row.session) if row else CallSession()
    owed_id = row.owed_id if row else heard.owed_id
    call = Call(tag, known, row, work, session, owed_id=owed_id)
    if row is not None:
        call.hold(row.case_id)
    return call


async def begin_call(call: Call, tx: Transaction, heard: HeardCall) -> None:
    """Find out what a new call is about: an earlier one, or a debt of ours."""
    if call.row is not None:
        return
    if heard.owed_id is not None:
        call.session = await _our_call(tx, heard)
        if call.session.at is At.RING_BACK:
            _resume(call)
        return
    if heard.is_ours:  # our own call, and nobody knows any more what it was for
        call.session = CallSession(at=At.OVER, is_ours=True)
    if heard.turn is None and not heard.is_ours:
        _resume(call)


def _resume(call: Call) -> None:
    """Take up what broke off on the same phone just now, if anything did."""
    earlier = call.known.earlier
    if earlier is None or earlier.case_id is None or "studio" in earlier.session:
        return
    session = CallSession.from_json(earlier.session)
    if session.at is At.OVER or session.is_following:
        return
    call.resumes = session
    call.hold(earlier.case_id)
    if call.work.held is None:
        call.resumes = None


async def _our_call(tx: Transaction, heard: HeardCall) -> CallSession:
    """Return how a call begins that we made ourselves."""
    assert heard.owed_id is not None
    owed = await calls.owed_call(tx, heard.owed_id)
    if owed is None or heard.is_machine:
        return CallSession(at=At.OVER, is_ours=True)
    if owed["recipient_kind"] == "phone":
        return CallSession(at=At.RING_BACK, is_ours=True)
    return CallSession(
        at=At.OUR_CALL,
        is_ours=True,
        language=owed["language"],
        asked_number=owed["number"],
    )
