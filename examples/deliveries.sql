-- What became of each reminder: its latest outcome, and the status of its message.
select distinct on (told -> 'key')
    told -> 'key' ->> 'reminder_id' as reminder,
    told ->> 'outcome' as outcome,
    told ->> 'reason' as reason,
    message.status,
    message.error ->> 'code' as error
from outbox.outcomes
left join tap_sakari.messages as message on message.id = told ->> 'sakari_id'
where told ->> 'stream' = 'appointment_reminders'
order by told -> 'key', loaded_at desc;
