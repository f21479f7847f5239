"""Made-up names and texts that generated rows are put together from."""

from __future__ import annotations

FIRST_NAMES = (  # noqa: SIM905 - one name after another reads better
    "Ada Alba Amir Anna Arlo Beata Bruno Carla Cem Dana Dario Edda Elio Emil Esra Fanny Finn Greta "
    "Hana Hugo Ida Igor Ines Jon Jule Kai Kaya Lara Leon Lina Maja Milo Nele Nils Noor Olga Omar "
    "Pia Quin Rafa Rosa Sami Sara Timo Uma Vera Wim Xenia Yara Zoe Zoë José"
).split()
LAST_NAMES = (  # noqa: SIM905
    "Example Sample Placeholder Fable Storey Novella Figment Fictus Mockford Testwell Standin "
    "Dummett Proxy Fauxley Makebelieve Pretender Imagin Conjure Scripton Chapterman Prologue "
    "Epilogue Paragraph Stanza Verso Recto Margin Footnote Asterisk Colophon Ligature O'Fable"
).split()
JOB_TITLES = ("Florist", "Plumber", "Teacher", "Architect", "Baker", "Nurse", "Buyer", None)
CITIES = ("Springfield", "Riverton", "Fairview", "Salem", "Greenville", "Bristol", "Clinton")
TAGS = ("vip", "newsletter", "trial", "customer", "lapsed", "event-2025", "press", "partner")
LIST_NAMES = ("Weekly offers", "Appointment reminders", "Beta testers")
OUTGOING = (
    "Hi {{firstName}}, your appointment is tomorrow at 10:30. Reply C to confirm.",
    "Hello {{firstName}}, your order has left our warehouse and will be with you in two days.",
    "{{firstName}}, this week only: 20% off everything for the garden. Reply STOP to opt out.",
    "Good news {{firstName}}! Your table for two on Friday is booked.",
    "Hi {{firstName}}, we could not reach you today. When would be a good time to call?",
    "Your code is 204815. It is valid for ten minutes.",
    "Bonjour {{firstName}}, votre colis est arrivé. À bientôt ✨",
    (
        "{{firstName}}, thank you for your visit. How did we do, from 1 to 5? It takes ten "
        "seconds, and the owner herself reads every answer, be it praise or blame."
    ),
)
INCOMING = (
    "C",
    "Yes, that works for me, thanks!",
    "Can we move it to next week? Tuesday afternoon would be best.",
    "5",
    "Who is this?",
    "Perfect 👍 see you then",
    "Please call me after four, I am at work until then.",
)
TEMPLATE_NAMES = (
    "Reminder", "Dispatch notice", "Offer of the week", "Booking", "Call back", "Code", "Parcel",
    "Feedback",
)  # fmt: skip
ERRORS = (
    {"code": "MSG-019", "description": "Message was not delivered"},
    {"code": "MSG-020", "description": "Number is a landline"},
    {"code": "MSG-037", "description": "No carrier for this number"},
    {"code": "MSG-006", "description": "Unknown provider error"},
)
EVENTS = (
    "message-received", "message-sent", "message-status", "contact-created", "contact-updated",
    "contact-removed",
)  # fmt: skip
# "initiated" is the documents' example; the others are those of common providers.
CALL_STATUSES = ("completed", "completed", "no-answer", "busy", "initiated")
