"""Events become messages: subject, text, HTML and a JSON document. Pure; the same event always gives the same message.

What stands in an event's `facts`, by kind. All of it is plain JSON; dates are ISO 8601 days in Asia/Shanghai, times
ISO 8601 with a zone; null or a missing key is "unknown". Texts are data, as scraped: nothing in them is trusted.

`report.new` and `report.partial`: a report that was not known; subject is its name (110108/2023)

    report       its name, place code/year
    place        {"code", "name"}                       name written from the province down
    year         int, or null
    meeting_on   day the meeting opened
    session      第十七届人民代表大会第三次会议
    speaker      name
    whole        bool: is the whole text known?
    inferred     names of the fields above that were concluded, not read
    canonical    {"url", "source", "source_name", "tier", "why", "published_on"}     the copy to trust
    copies       int, the canonical one included
    against      {"report", "year"} it was compared with, or null: no earlier report is known
    counts       {finding kind: int} over all findings of the comparison
    initiatives  the newest first: findings of kind new, mixed and returned, by falling novelty; give at most 60
                 {"kind", "text", "heading", "novelty" 0–1, "new": [fragment], "prior": {"text", "year",
                 "likeness" 0–100} or null}              prior is the closest earlier sentence
    targets      revised ones {"name", "old", "new", "unit", "qualifier" (optional)}; give at most 60
    dropped      old commitments not found again {"text", "heading"}; give at most 60

How many more there are than the lists hold is read from `counts` (new + mixed + returned, revised, dropped).

`copy.better`: a better copy of a known report appeared; subject is the report's name

    report place year whole canonical copies      as above
    before       {"url", "source", "source_name", "tier"} the copy that was trusted until now
    why          what makes the new one better

`source.broken` `source.blocked` `source.silent` `source.late` `source.recovered`: a source changed its state; subject
is the source's id

    source       its id
    name         its name
    url          its start address
    state        what it is now: broken blocked silent late working never-worked
    before       what it was, or null
    why          the reason, in words
    since        time of the first run that showed it
    last_good    time of the last run that worked, or null: never

`alert.dead`: an alert was given up; subject is its key

    channel recipient   where it could not be delivered
    event               {"key", "kind", "subject"} what it was about
    attempts            int
    created_at          time the alert was due first
    why                 the last answer, or what is wrong with the channel
"""
