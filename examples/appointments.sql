-- A few appointments, and the view of the texts that are due. Safe to run again.
create schema if not exists clinic;
create table if not exists clinic.appointments (
    id integer primary key,
    phone text,
    first_name text,
    starts_at timestamp not null,
    cancelled boolean not null default false
);
insert into clinic.appointments
select id, phone, first_name, current_date + 1 + starts_at, cancelled
from (values
    (1, '(212) 555-0141', 'Ada', time '09:00', false),
    (2, '212 555 0142', 'Ben', time '09:30', false),
    (3, '+49 171 3920001', 'Chloé', time '10:00', false),
    (4, '212-555-0144', 'Dan', time '10:30', true),
    (5, '212 555 0191', 'Eve', time '11:00', false),
    (6, '212 555 01', 'Finn', time '11:30', false)
) as appointment (id, phone, first_name, starts_at, cancelled)
on conflict do nothing;

create schema if not exists outbox;
create or replace view outbox.appointment_reminders as
select
    'appointment-' || id as reminder_id, -- what is sent once
    phone as mobile,
    first_name,
    'Hi {{firstName}}, see you on ' || to_char(starts_at, 'Mon DD "at" HH24:MI')
    || '. Reply STOP to get no more of these.' as text
from clinic.appointments
where starts_at between now() and now() + interval '36 hours' and not cancelled;

-- Where the outcomes of runs go.
create table if not exists outbox.outcomes (
    told jsonb not null,
    loaded_at timestamptz not null default now()
);
