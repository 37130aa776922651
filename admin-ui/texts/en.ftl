# What the pages say, in English. Second person, short sentences, one word for one thing:
# access, brand, reason, until, stop, pause, read, receipt.

## Around every page
skip = Go to the content
demo-banner = Demo: everybody and everything here is invented.
nav-label = Pages
nav-access = Who can see
nav-data = My data
nav-reads = Every read
nav-receipts = Receipts
nav-security = Security
nav-help = Help
languages = Language
drafted = A machine drafted this language. Nobody has read it yet.
sign-out = Sign out
go-home = See who can see my data
go-back = Go back
older = Show older ones
list-comma = {", "}
yes = Yes
no = No
optional-field = (can be left empty)
one-a-line = One on each line.
row = Line { $number }

## Moments
until-over = until { $date } (over)
until-hours = until { $date }, in { $hours ->
    [one] one hour
   *[other] { $hours } hours
}
until-days = until { $date }, in { $days ->
    [one] one day
   *[other] { $days } days
}
left-over = { $date } (over)
left-hours = { $date }, in { $hours ->
    [one] one hour
   *[other] { $hours } hours
}
left-days = { $date }, in { $days ->
    [one] one day
   *[other] { $days } days
}
ago-now = { $moment }, just now
ago-minutes = { $moment }, { $minutes ->
    [one] one minute ago
   *[other] { $minutes } minutes ago
}
ago-hours = { $moment }, { $hours ->
    [one] one hour ago
   *[other] { $hours } hours ago
}
ago-days = { $moment }, { $days ->
    [one] one day ago
   *[other] { $days } days ago
}

## What went wrong
fault-missing-title = Nothing here
fault-missing = This address leads nowhere, or what was here is gone.
fault-foreign-title = Not sent
fault-foreign = This form did not come from a page that you have open now. Open the page again and send it from there.
fault-entered-title = Please look again
fault-nothing-changed = Nothing was changed.
fault-unreachable-title = The vault cannot be reached
fault-unreachable = We could not reach the vault. No one can read your data through it while this lasts.
fault-outcome-unknown = It is not certain whether your last step was done. Look at the page again in a minute to see.
fault-try-again = Nothing was changed. Try again in a minute.
fault-reference = Reference for the help desk: { $reference }
fault-refused-title = This was not done
entered-unreadable = The form could not be read.
entered-token = This access code opens nothing. It was mistyped, or it has ended.
entered-language = There is no such language.
entered-term = Choose for how long.
entered-answer = Choose one of the answers.
entered-nothing-left = Nothing would be left to share. To share nothing, choose “Do not share”.
entered-sure = Tick the box to say that you are sure.
reason-notice-changed = The brand has changed its text since it asked. You can say no; to share, it has to ask again.
reason-purpose-changed = { reason-notice-changed }
reason-request-already-decided = You have answered this request already.
reason-request-lapsed = This request has lapsed.
reason-request-withdrawn = The brand took this request back.
reason-request-closed = This request is closed already.
reason-request-countered = You offered less already. The brand has not answered yet.
reason-grant-revoked = You stopped this access already.
reason-grant-expired = This access has ended already.
reason-grant-exhausted = All reads of this access are used up.
reason-grant-superseded = Another access has taken the place of this one. Look on your first page.
reason-grant-already-paused = This access is paused already.
reason-grant-not-paused = This access is not paused.
reason-terms-not-narrower = This would be more than was asked or given. You can only choose less.
reason-terms-unchanged = This is what it was before.
reason-version-mismatch = This was changed since you opened the page. Open it again.
reason-rate-limited = You did this too often in a short time. Wait a minute.
reason-permission-denied = Your sign-in does not allow this. If you have a passkey, sign in with it.

## Signing in
sign-in-title = Your data. Your decision.
sign-in-lead = Here you see who can see your data, why, and until when. You can stop it at any time.
sign-in-token-title = Sign in with an access code
sign-in-token-words = Whoever runs this vault gives you the code. It is yours alone, and it ends by itself.
sign-in-token-label = Access code
sign-in-token-button = Sign in
sign-in-promise = Nobody reads your data here without your yes. Every read is written down before it is answered.
demo-title = Try it as one of them
demo-words = This is a demo. Choose somebody invented; no code is needed.

## Home
home-title = Who can see my data
home-sees = { $count ->
    [0] No brand can see your data.
    [one] One brand can see something.
   *[other] { $count } brands can see something.
}
home-asks = { $count ->
    [one] One request waits for you.
   *[other] { $count } requests wait for you.
}
home-last = Last read: { $moment }, { $brand }.
home-never = No one has read your data yet.
home-waiting = Waiting for your answer
home-waiting-more = { $count ->
    [one] One more waits after these.
   *[other] { $count } more wait after these.
}
home-open = Your access
home-nobody = No one can see your data. Nothing is shared until you say yes.
home-past = Access that has ended
past-title = Access that has ended
past-none = No access has ended yet.
past-used = { $count ->
    [0] It was never used.
    [one] It was used once.
   *[other] It was used { $count } times.
}
request-asks = Asks for: { $data }
request-lapses = Answer { $until }. Without an answer nothing new is shared.
request-open = Read what { $brand } asks
card-data = Data
card-reason = Reason
card-until = Ends
card-read = Reads
card-reads = { $count ->
    [one] one, on { $moment }
   *[other] { $count }, last on { $moment }
}
card-unread = Not read yet.
and-more = { $list } and { $count } more
stop = Stop access
of-brand = of { $brand }
details = See details
details-resume = See details or resume
pause-all = Pause all
pause-all-title = Pause all access?
pause-all-words = All access that is on is paused until you resume it. You resume each access on its own page.
stop-all = Stop all access
stop-all-title = Stop all access for good?
stop-all-words = All access ends at once. Brands can ask again, and you decide again.
keep-as-it-is = Keep it as it is

## What came of it
done-approved = You share this now. Here is your receipt.
done-countered = You offered less. Nothing new is shared until the brand says yes to that. Here is your receipt.
done-declined = You said no. Nothing new is shared. The brand is not told why.
done-stopped = Access is stopped. Nobody reads under it any more.
done-paused = Access is paused. Nobody reads under it.
done-resumed = Access is on again.
done-narrowed = You share less from now on.
done-stopped-all = All access is stopped.
done-paused-all = All access that was on is paused.
done-added = It is in your vault now, encrypted.
done-corrected = It is corrected.
done-deleted = It is deleted.
done-ended = This sign-in is ended.
done-language = The language is changed.
done-unchanged = Nothing was changed: you chose what it was before.
done-erased = Everything is erased. Your key is destroyed, and nothing of yours opens any more.

## A request
request-title = { $brand } asks
request-why = Why
request-text = Text { $version }, { $language }. Your answer is bound to exactly this text.
request-no-notice = The brand's text for this cannot be shown. Do not share until it can.
request-needed = What is needed
request-optional = What is optional
request-optional-words = It is off. Tick what you want to share as well.
request-what = What data
request-rules = How it can be used
request-how-long = For how long?
request-stop-title = How to stop
request-stop = You can stop at any time on your first page, in two steps. { $brand } can then read nothing more.
request-approved = You said yes to { $brand }.
request-declined = You said no to { $brand }. Nothing new is shared.
request-countered = You offered less to { $brand }. Nothing new is shared until it says yes to that.
request-withdrawn = { $brand } took this back. Nothing new is shared.
request-rejected = { $brand } did not want less. Nothing new is shared.
request-lapsed = This request has lapsed. Nothing new is shared.
request-offered = What you offered
share = Share this
do-not-share = Do not share
offer-less = Offer less
decide-later = Decide later
ask-a-question = Ask a question
preview = Your data now
preview-none = Your vault has nothing of this.
preview-masked = It leaves your vault only in a coarser form.
term-once = Once, one read
term-days = { $days ->
    [one] One day
   *[other] { $days } days
}
term-asked = As long as was asked
less-title = Offer less
less-lead = Choose what you want to offer instead. If { $brand } needs more, nothing new is shared.
offer-this = Offer this
item-needed = (needed)
item-none = Not at all
narrow-title = Share less
narrow-lead = Choose what { $brand } can still see. It takes effect at once.
share-less = Share less

## Terms in words
view-raw = as it is
view-masked = in a coarser form
view-answer = only a conclusion
terms-mode = What they can do
mode-view = Look at it, and not store it
mode-store = Look at it and store it for a time
mode-query = Ask questions; only answers leave your vault
mode-stream = Receive new data as it comes
terms-often = How often
often-once = Once
often-uses = { $count ->
    [one] one read in all
   *[other] { $count } reads in all
}
often-hour = { $count ->
    [one] at most once an hour
   *[other] at most { $count } times an hour
}
often-day = { $count ->
    [one] at most once a day
   *[other] at most { $count } times a day
}
often-month = { $count ->
    [one] at most once a month
   *[other] at most { $count } times a month
}
often-free = As often as they need to
terms-range = From which time
range-months = { $count ->
    [one] the last month
   *[other] the last { $count } months
}
range-between = { $from } to { $to }
range-from = since { $from }
range-to = before { $to }
range-all = all of it
terms-from = Begins
terms-until = Ends
terms-kept = How long they keep it
kept-not = They keep nothing
kept-days = { $days ->
    [one] one day, then they delete it
   *[other] { $days } days, then they delete it
}
terms-onward = Who else gets it
onward-nobody = Nobody
terms-predictions = Predictions about you
predictions-no = No
predictions-yes = Yes, they can be made from it
terms-contact = Who writes to you
contact-none = A person only
contact-drafts = A machine drafts, a person sends
contact-yes = A machine can send

## Access
grant-active = Access is on.
grant-paused = Access is paused.
grant-revoked = You stopped this access.
grant-expired = This access has ended by itself.
grant-exhausted = All reads are used up.
grant-superseded = Another access has taken its place.
grant-suspended = Access is held. The brand changed its text or is suspended.
pause = Pause
pause-for = Pause for
pause-open = until I resume it
resume = Resume access
keep = Keep access
access-what = What they can see
access-promise = What has left your vault is in the hands of { $brand }. It has promised this in writing.
access-reads = { $count ->
    [0] Reads
    [one] One read
   *[other] { $count } reads
}
access-all-reads = All reads of this brand
access-before = What it was before
stop-title = Stop access of { $brand }?
stop-words = { $brand } can then read nothing more: { $data }.
stop-kept-not = { $brand } keeps nothing of what it saw.
stop-kept = { $brand } has to delete what it stored within { $days } days.

## My data
data-title = My data
data-lead = This is all that your vault holds of you. It is encrypted with a key of your own.
data-add = Add something
data-none = Your vault is empty. Add what you want to be known for.
data-seen-by = Can be seen by { $brands }
data-source = Where it came from
source-import = It was imported
source-customer = You entered it
data-who = Who can see it
data-nobody = Nobody
data-correct = Correct it
data-delete = Delete it
data-save = Save
data-back = Back to my data
data-not-saved = This was not saved. What you entered is still here.
data-sensitive = This is sensitive. Share it only where you must.
add-title = Add something
add-lead = Choose what it is. Nobody sees it until you say yes to somebody.
delete-title = Delete { $title }?
delete-words = It is deleted for good, with all its earlier versions. What brands already have is not changed by this.
family-identity = About you
family-contact = How to reach you
family-address = Addresses
family-body = Measurements and sizes
family-style = Taste
family-purchase = Purchases
family-browsing = Wishes
family-occasion = Occasions
family-location = Places and travel
family-delivery = Delivery
family-sustainability = Care for the planet
family-rules = Contact rules
family-feedback = Feedback
family-household = Household
family-photo = Photos

## Every read
reads-title = Every read
reads-lead = Every time somebody asked for your data, with the reason given. Refused reads are here as well.
reads-result = Result
reads-brand = Brand
reads-every-brand = Every brand
reads-filter = Show
reads-all = Shown and refused
reads-shown = Shown
reads-refused = Refused
reads-none = No one has read your data yet.
reads-none-here = None on this page.
reads-when = When
reads-who = Who
reads-data = Data
reads-reason = Reason given
reads-access = See this access
reads-unknown = You do not recognise a read?
read-shown = Shown
read-refused = Refused
refused-grant-revoked = Refused: you had stopped it
refused-grant-paused = Refused: you had paused it
refused-grant-expired = Refused: access had ended
refused-grant-exhausted = Refused: all reads were used up
refused-frequency-exceeded = Refused: too often
refused-no-access = Refused: no access
refused-attribute-not-granted = Refused: not shared
refused-view-not-granted = Refused: more than shared
refused-grant-not-yet-valid = Refused: too early
refused-grant-suspended = Refused: access was held

## Receipts
receipts-title = Receipts
receipts-lead = Each decision gives a receipt, also each no. It is signed, and nobody can change it later.
receipts-none = You have decided nothing yet.
receipt-title = Receipt
receipt-decision = Decision
receipt-brand = Brand
receipt-when = When
receipt-text = Text you saw
receipt-text-words = Text { $version }, { $language }, with this fingerprint:
receipt-proof = Proof
receipt-valid = It is as it was written: checked just now.
receipt-invalid = It does not match what was written. Please tell the help desk.
receipt-waiting = It is on its way into the public log. Look again in a few seconds.
receipt-logged = It is in the public log, which nobody can change.
receipt-download = Download the receipt
receipt-download-proof = Download the proof
receipt-check = Anybody can check both without us:
decision-approve = Yes
decision-counter = Yes to less
decision-decline = No
decision-pause = Paused
decision-resume = Resumed
decision-revoke = Stopped
decision-amend = Shared less

## Export and erase
export-title = Export my data
export-lead = Take everything that your vault holds, in a file that other programs read.
export-json = Export as JSON
export-csv = Export as a table
export-words = Photos are named in the file, and downloaded one by one. The export is written down in your log.
erase-title = Erase everything
erase-lead = Your key is destroyed. Nothing in your vault can be opened again, by anybody.
erase-data = All your data goes, with all earlier versions.
erase-access = All access ends at once.
erase-log = The log keeps that something was written, and not what.
erase-brands = What brands have stored stays with them until their time is over. You see below by when they must delete it.
erase-final = This cannot be undone.
erase-export-first = Export my data first
erase-sure = Yes, erase everything. I know that it cannot be undone.
erase-button = Erase everything

## Security
security-title = Security
security-lead = See where you are signed in. End what you do not know.
security-sessions = Where you are signed in
security-began = Since
security-ends = Ends
security-this = This is where you are now.
security-end = End it
security-more = Your vault

## Help
help-title = Help
help-who = Who can see my data?
help-who-answer = Only whom you said yes to, only what you agreed to, and only until the day you chose. Your first page names all of them.
help-stop = How do I stop it?
help-stop-answer = Choose “Stop access” on your first page, and again on the next one. From then on every read is refused.
help-refused = Why is a refused read in my list?
help-refused-answer = A brand asked for something that you do not share, or no longer share. It got nothing.
help-unknown = I do not recognise a read. What now?
help-unknown-answer = Stop the access first. Then write to the brand and to whoever runs this vault, and give the day and hour of the read.
help-receipt = What is a receipt for?
help-receipt-answer = It proves what you decided, and on which text. Anybody can check it without asking us.
help-complain = How do I complain?
help-complain-answer = Beside each read, access and receipt you find “Is something wrong?”. The report that you get goes to the authority of your country.

## Contact rules
nav-contact = Contact me
done-rules = Your contact rules are saved.
entered-zone = There is no such time zone. Write it like Europe/Rome.
entered-quiet = A quiet time has days, a beginning and an end.
entered-most = Write a number from 0 to 60.
rules-title = Contact me
rules-lead = Brands read these rules where you share them. What is not ticked is not allowed.
rules-none = You have no rules yet. Tick how brands can reach you; nothing else is allowed.
rules-ways = How, and what for
rules-who = Person or machine
rules-when = When not
rules-quiet = Quiet time { $number }
rules-from = from
rules-to = to
rules-zone = Time zone
rules-most = Messages a month at most
rules-not-before = Leave me alone until
rules-always = Always allowed
rules-unmentioned = Do not mention
way-boutique = In the boutique
way-phone = Telephone
way-whatsapp = WhatsApp
way-wechat = WeChat
way-sms = Text message
way-email = E-mail
way-post = Post
way-for-orders = My orders
way-for-advice = Advice
way-for-events = Events
way-for-news = News
day-mon = Monday
day-tue = Tuesday
day-wed = Wednesday
day-thu = Thursday
day-fri = Friday
day-sat = Saturday
day-sun = Sunday
always-order-ready = An order is ready
always-appointment = My appointments
always-delivery = A delivery
always-security = Security
always-product-recall = A recall
unmentioned-birthday = Birthdays
unmentioned-anniversary = Anniversaries
unmentioned-wedding = Weddings
unmentioned-travel = Travel
unmentioned-sizes = Sizes
unmentioned-purchases = Purchases
unmentioned-household = My household

## Importing
bring-title = Import a file
bring-lead = Bring what you have elsewhere. Nobody sees it until you say yes to somebody.
bring-file = File, 5 MB at most
bring-button = Import it
bring-words = It reads what “Export my data” writes, and tables with the columns attribute and value. Each line is one record:
bring-again = Import another file
bring-unknown = The vault does not know this kind of data.
bring-photo = A photo is not part of a file of records.
bring-not-text = This is not a text file in UTF-8.
bring-not-json = This is not JSON.
bring-no-fields = It wants an attribute and a value.
bring-no-columns = The table wants the columns attribute and value.
bring-not-table = This line of the table cannot be read.
entered-file-size = The file is larger than 5 MB.
entered-no-file = Choose a file.
bring-taken = { $count ->
    [0] Nothing was imported.
    [one] One line is in your vault now.
   *[other] { $count } lines are in your vault now.
}
bring-double = { $count ->
    [one] One line was there already.
   *[other] { $count } lines were there already.
}
bring-refused = { $count ->
    [one] One line was not imported
   *[other] { $count } lines were not imported
}
bring-more = And { $count } more.

## Passkeys
passkey-sign-in-title = Sign in with a passkey
passkey-sign-in-words = Your phone or computer knows you by face, finger or PIN. You type nothing.
passkey-sign-in-button = Use a passkey
passkey-no-script = Passkeys need JavaScript in your browser. Without it, sign in with an access code.
passkey-no-support = This browser knows no passkeys. Use a newer one, or sign in with an access code.
passkey-failed = That did not work, and nothing was changed. Try again when you are ready.
passkey-known = This device has a passkey for this vault already. Use another device.
enrol-link = I have an invitation
recover-link = I lost my passkeys
enrol-title = Make your passkey
enrol-lead = A passkey is the key to your vault. It stays on your device, and nobody can copy it from here.
enrol-code = Your code
enrol-button = Make a passkey
enrol-how = The code came with your invitation. It works once, for 14 days.
enrol-back = Go back to sign-in
enrol-done = Your passkey is made, and you are signed in.
recovery-title = Your way back
recovery-code = Recovery code
recovery-keep = Print it or write it down now: it is shown once. It is the only way back if you lose every passkey.
recovery-made = This is your new recovery code. The one before works no more.
recovery-kept = I have it on paper
recovery-since = You have a recovery code since { $moment }.
recovery-none = You have no recovery code. If you lose every passkey, you cannot come back.
recovery-new = Make a new recovery code
passkey-second-title = Add a second passkey
passkey-second-words = With two devices, losing one is no trouble.
passkey-go-on = Go on without
passkey-add = Add a passkey
passkeys-title = Your passkeys
passkeys-none = You have no passkey yet.
passkeys-few = You have one passkey. Add a second one, on another device.
passkey-number = Passkey { $number }
passkey-added = Added
passkey-used = Last used
passkey-never-used = not yet
passkey-remove = Remove passkey
passkey-keep = Keep passkey
passkey-remove-title = Remove this passkey?
passkey-remove-words = Passkey { $number } opens your vault no more. Remove it from your device as well.
passkey-remove-last = It is your last one. After that, only your recovery code lets you in.
passkey-remove-one-left = Only one passkey is left then. If you lose it, you need your recovery code.
recover-title = Come back without a passkey
recover-lead = Type the recovery code that you wrote down. It works until you have made a new passkey.
recover-button = Go on
recover-without = If you have no recovery code either, ask whoever runs this vault.
done-passkey-added = The passkey is added.
done-passkey-removed = The passkey is removed. It opens nothing any more.
reason-passkey-refused = The passkey does not open anything here. Try again, or use another one.
reason-passkey-not-stored = This device cannot keep a passkey for this. Use another device.
reason-passkey-taken = This passkey is known already.
reason-ceremony-ended = That took longer than five minutes, or was done before. Begin again.
reason-invitation-invalid = This code is not valid, was used, or has ended. Ask for a new one.
reason-recovery-code-invalid = This recovery code is not valid, or was used.
reason-last-passkey = This is your last passkey, and you have no recovery code. Make one of them first.
reason-too-many-passkeys = You have 20 passkeys. Remove one first.
reason-passkeys-unavailable = Passkeys do not work at this address. Sign in with an access code.

## Further words
fault-slow = The vault did not answer in time.
fault-later = Try again in a minute.
kept-end = Until access ends, then they delete it
stop-kept-end = { $brand } has to delete what it stored when access ends.
paused-ends = The pause lasts { $until }.
request-asked = What was asked
request-standing = You share something for this already. A no leaves that as it is; a yes takes its place.
requests-title = Requests
requests-none = No request waits.
requests-countered = Waiting for the brand
entered-exists = There is one already. Open it on the page of your data, and correct it.
sign-in-token-once = Signing out ends it as well.
decision-accept-counter = Agreed to less
decision-suspend = Held
decision-reinstate = On again
yes-signed = You confirm a yes with your passkey. It signs this text and what you chose, and nothing else.
yes-no-script = A yes needs your passkey, and passkeys need JavaScript. You can say no, pause or stop without it.
yes-no-support = This browser knows no passkeys, and a yes needs yours. You can say no, pause or stop without it.
yes-failed = You did not confirm with your passkey, so nothing was shared or changed. Try again, or say no.
reason-step-up-required = A yes needs your passkey. No, pause and stop do not. If you have none now, make one under Security.
reason-signed-something-else = Your passkey signed something else than what is here now. Read it again, and decide again.
reason-recovery-code-already-made = This recovery code was made already, and it is shown once. Make a new one if you did not keep it.
enrol-signed-in-title = You are signed in
enrol-signed-in = Sign out first, then open the link again. It can lead into another vault than yours.
enrol-reentry = After a recovery code, the passkey opens the vault that you had. Use only a code of your own.
security-issued = Whoever runs this vault made this one. It sees no data and decides nothing.
security-support = You came with an access code. Sign in with your passkey to see your data and to decide.
receipt-signed = You confirmed it with your passkey. The receipt has the signature.

## Notices
nav-notices = Notices
nav-notices-new = Notices ({ $count } new)
notices-title = Notices
notices-unseen = { $count ->
    [0] Nothing is new.
    [one] One notice is new since your last visit.
   *[other] { $count } notices are new since your last visit.
}
notices-none = Nothing has happened yet. When something does, you read it here.
notices-see = I have seen these
notice-new = New
notice-some-brand = A brand
notice-request-waiting = { $brand } asks for your data.
notice-request-reminder = { $brand } still waits. Without an answer its request ends in three days.
notice-access-given = You gave { $brand } access.
notice-access-changed = You share less with { $brand }.
notice-access-on = Access of { $brand } is on again.
notice-access-paused = You paused access of { $brand }.
notice-access-held = Access of { $brand } is held.
notice-access-stopped = You stopped access of { $brand }.
notice-access-ended = Access of { $brand } has ended by itself.
notice-access-ends = Access of { $brand } ends in { $days } days. You do nothing, and it ends.
notice-still-sharing = You still share data. Look at who can see it, why, and until when.
notice-first-read = { $brand } read your data for the first time.
notice-read-refused = { $brand } asked to read, and was refused.
notice-support = Whoever runs this vault acted on your account.
notice-support-token = Whoever runs this vault gave out an access code for you.
notice-support-customer-invited = Whoever runs this vault invited you to make a passkey.
notice-support-identifier-added = Whoever runs this vault added a way for brands to find you.
notice-support-identifier-removed = Whoever runs this vault removed a way for brands to find you.
notice-passkey-added = A passkey was added.
notice-passkey-removed = A passkey was removed.
notice-recovery-code = Your recovery code was used or replaced.
notice-export-made = Your data was exported.
notice-complaint-filed = You filed a complaint.
notice-complaint-closed = A complaint of yours is closed.
notice-unknown = Something happened in your vault.
done-seen = You have seen everything.
done-told = Saved. From now on you are told like this.
notices-settings-title = What I get
notices-settings-lead = You see every notice here at once. Choose what also reaches you by e-mail.
notices-settings-mail = An e-mail says only that something is new. It names no brand and none of your data.
notices-mail-demo = This is a demo: no e-mail is sent.
notices-mail-none = This vault sends no e-mail. You see all notices here.
notices-mail-address = Your vault holds no e-mail address, so none is sent.
notices-mail-language = Language of e-mail
notices-mail-language-own = The language of my account
notices-settings-must = Receipts and the 90-day reminder must reach you, so they cannot be off. News about your sign-in cannot wait.
topic-requests = A brand asks for something
topic-receipts = Access given, changed, paused, stopped or ended
topic-ending = Access that ends in 14 and in 3 days
topic-sharing = What I still share, every 90 days
topic-reads = First reads and refused reads
topic-security = Passkeys, recovery codes and help desk
topic-vault = Exports and complaints
mail-at-once = At once
mail-daily = Once a day, at 8
mail-off = No e-mail
mail-subject = Something new in your vault
mail-new = There is something new in your vault.
mail-look = Look here:
mail-change = Change what you get:
mail-why = This e-mail names nobody and nothing on purpose.

## Would this be blocked?
check-title = Would this be blocked?
check-lead = Try out what a brand could do with your rules. Nothing is sent, and no brand is told.
check-no-brands = No brand has asked you for anything yet.
check-brand = Which brand
check-channel = How
check-purpose = What for
check-occasion = What it is about
check-occasion-none = Something else
check-author = Who writes
check-person = A person
check-draft = A machine drafts, a person sends
check-machine = A machine
check-day = Day
check-time = Time
check-made = Messages of this brand before in the same month
check-button = Try it out
check-again = Try something else
check-allowed = A message of { $brand } would be let through.
check-because-way = You allow { $way } for: { $purpose }.
check-because-always = This is always allowed: { $what }.
check-blocked = A message of { $brand } would be blocked, because:
block-no-access = { $brand } has no access to your data at that time.
block-no-rules = You have no contact rules yet, so nothing is allowed.
block-unreadable = Your contact rules cannot be read, so nothing is allowed. Save them again.
block-way = You do not allow this: { $way }, { $purpose }.
block-person-only = Only a person can contact you.
block-person-sends = A person has to send it.
block-left-alone = You want to be left alone until { $date }.
block-quiet = It is a quiet time, until { $until }.
block-month = { $count ->
    [0] You allow no messages at all.
    [one] You allow one message a month, and it was sent.
   *[other] You allow { $count } messages a month, and they were sent.
}
entered-brand = Choose a brand.
entered-when = Write a day and a time.
entered-made = Write a number from 0 up.

## Complaints
complaints-title = Complaints
complaints-lead = What you complained of, and what came of it. Each complaint is written down in your log.
complaints-none = You have filed no complaint. You find the link beside each read, access and receipt.
complaint-link = Is something wrong?
complaint-title = Is something wrong?
complaint-about = About
complaint-what = What is it?
complaint-not-recognised = I do not recognise this
complaint-not-recognised-words = You do not know who read, or why.
complaint-deletion = Ask for deletion
complaint-deletion-words = You want the brand to delete what it got.
complaint-report = Report it
complaint-report-words = You think that a rule was broken.
complaint-text = Your words
complaint-share = Whoever runs this vault can read this complaint.
complaint-sealed = Your words are encrypted with your key. Without a tick, whoever runs this vault sees only the kind and the time.
complaint-file = File it
complaint-open = Open. Nobody has answered yet.
complaint-taken-back = You took it back.
complaint-answered = Answered
complaint-filed = Filed
complaint-shared = Whoever runs this vault can read this.
complaint-unshared = Only you can read this.
complaint-answer = Answer
complaint-authority = Take it further
complaint-authority-words = This report goes to the data protection authority of your country. The entry of the log and its proof are in the file.
complaint-download = Download the report
complaint-take-back = Take it back
complaint-take-back-words = It is closed then. The log keeps that you filed it.
done-complained = Your complaint is filed, and written down in your log.
done-taken-back = You took it back. It is closed.
entered-complaint = Your words are too long. Write at most 2000 letters.
reason-too-many-complaints = A hundred complaints are open. Take one back first.
reason-complaint-closed = This complaint is closed already.
report-title = Complaint about the use of my personal data
report-to = To the data protection authority of
report-from = My name
report-reach = How to reach me
report-attached = Attached below: the entries of the log, each with its fingerprint, and their proofs.
report-check = Anybody can check receipts and proofs with: coffret verify receipt

## What brands have to delete
deletions-title = What brands have to delete
deletions-lead = Brands delete what they stored when its time is over. Here you see by when, and whether they said so.
deletions-none = No brand has stored anything of yours.
deletions-who = Brand
deletions-what = Data
deletions-when = By when
deletions-state = State
deletions-on = Access is on. Each read starts the time anew.
deletions-waiting = There is time until then.
deletions-done = The brand said on { $date } that it deleted this.
deletions-late = This is overdue. The brand has not said that it deleted this.
deletions-link = See what brands have to delete
