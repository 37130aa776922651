# Una macchina ha scritto la bozza di questo file; nessuna persona di lingua madre lo ha ancora letto.
# Che cosa dicono le pagine, in italiano. Si dà del lei, frasi brevi, una sola parola per ogni cosa:
# accesso, marca, motivo, fino a, interrompere, pausa, consultazione, ricevuta.

## Intorno a ogni pagina
skip = Andare al contenuto
demo-banner = Dimostrazione: qui tutto è inventato, anche le persone.
nav-label = Pagine
nav-access = Chi può vedere
nav-data = I miei dati
nav-reads = Tutte le consultazioni
nav-receipts = Ricevute
nav-security = Sicurezza
nav-help = Aiuto
languages = Lingua
drafted = Una macchina ha scritto la bozza di questi testi. Nessuno li ha ancora letti.
sign-out = Uscire
go-home = Vedere chi può vedere i miei dati
go-back = Tornare indietro
older = Mostrare i precedenti
list-comma = {", "}
yes = Sì
no = No
optional-field = (può restare vuoto)
one-a-line = Uno per riga.
row = Riga { $number }

## Momenti
until-over = fino al giorno { $date } (terminato)
until-hours = fino al giorno { $date }, tra { $hours ->
    [one] un’ora
   *[other] { $hours } ore
}
until-days = fino al giorno { $date }, tra { $days ->
    [one] un giorno
   *[other] { $days } giorni
}
left-over = { $date } (terminato)
left-hours = { $date }, tra { $hours ->
    [one] un’ora
   *[other] { $hours } ore
}
left-days = { $date }, tra { $days ->
    [one] un giorno
   *[other] { $days } giorni
}
ago-now = { $moment }, proprio ora
ago-minutes = { $moment }, { $minutes ->
    [one] un minuto fa
   *[other] { $minutes } minuti fa
}
ago-hours = { $moment }, { $hours ->
    [one] un’ora fa
   *[other] { $hours } ore fa
}
ago-days = { $moment }, { $days ->
    [one] un giorno fa
   *[other] { $days } giorni fa
}

## Che cosa non è andato
fault-missing-title = Qui non c’è nulla
fault-missing = Questo indirizzo non porta da nessuna parte, o ciò che c’era non esiste più.
fault-foreign-title = Non inviato
fault-foreign = Questo modulo non viene da una pagina che ha aperto ora. Riapra la pagina e lo invii da lì.
fault-entered-title = Controlli di nuovo, per favore
fault-nothing-changed = Nulla è stato modificato.
fault-unreachable-title = La cassaforte non è raggiungibile
fault-unreachable = Non abbiamo potuto raggiungere la cassaforte. Finché dura, nessuno può consultare i suoi dati attraverso di essa.
fault-outcome-unknown = Non è certo che il suo ultimo passo sia stato eseguito. Guardi di nuovo la pagina tra un minuto.
fault-try-again = Nulla è stato modificato. Riprovi tra un minuto.
fault-reference = Riferimento per l’assistenza: { $reference }
fault-refused-title = Questo non è stato eseguito
entered-unreadable = Non è stato possibile leggere il modulo.
entered-token = Questo codice personale non apre nulla. È stato digitato male, o è terminato.
entered-language = Questa lingua qui non c’è.
entered-term = Scelga per quanto tempo.
entered-answer = Scelga una delle risposte.
entered-nothing-left = Non resterebbe nulla da condividere. Per non condividere nulla, scelga «Non condividere».
entered-sure = Selezioni la casella per confermare la sua scelta.
reason-notice-changed = La marca ha cambiato il testo dopo la richiesta. Può dire no; per condividere deve chiedere di nuovo.
reason-purpose-changed = { reason-notice-changed }
reason-request-already-decided = Ha già risposto a questa richiesta.
reason-request-lapsed = Questa richiesta è decaduta.
reason-request-withdrawn = La marca ha ritirato questa richiesta.
reason-request-closed = Questa richiesta è già chiusa.
reason-request-countered = Ha già proposto meno. La marca non ha ancora risposto.
reason-grant-revoked = Ha già interrotto questo accesso.
reason-grant-expired = Questo accesso è già terminato.
reason-grant-exhausted = Tutte le consultazioni di questo accesso sono esaurite.
reason-grant-superseded = Un altro accesso ha preso il posto di questo. Guardi la sua pagina iniziale.
reason-grant-already-paused = Questo accesso è già in pausa.
reason-grant-not-paused = Questo accesso non è in pausa.
reason-terms-not-narrower = Sarebbe più di quanto è stato chiesto o concesso. Può scegliere solo meno.
reason-terms-unchanged = È uguale a prima.
reason-version-mismatch = Questo è stato modificato da quando ha aperto la pagina. La riapra.
reason-rate-limited = Lo ha fatto troppo spesso in poco tempo. Attenda un minuto.
reason-permission-denied = La sua sessione non lo permette. Se ha una passkey, entri con quella.

## Entrare
sign-in-title = I suoi dati. La sua decisione.
sign-in-lead = Qui vede chi può vedere i suoi dati, perché e fino a quando. Può interrompere in ogni momento.
sign-in-token-title = Entrare con un codice personale
sign-in-token-words = Il codice le viene dato da chi gestisce questa cassaforte. È soltanto suo, e termina da sé.
sign-in-token-label = Codice personale
sign-in-token-button = Entrare
sign-in-promise = Qui nessuno consulta i suoi dati senza il suo sì. Ogni consultazione viene annotata prima di ricevere risposta.
demo-title = Provare come una di queste persone
demo-words = Questa è una dimostrazione. Scelga una persona inventata; non serve alcun codice.

## Pagina iniziale
home-title = Chi può vedere i miei dati
home-sees = { $count ->
    [0] Nessuna marca può vedere i suoi dati.
    [one] Una marca può vedere qualcosa.
   *[other] { $count } marche possono vedere qualcosa.
}
home-asks = { $count ->
    [one] Una richiesta attende la sua risposta.
   *[other] { $count } richieste attendono la sua risposta.
}
home-last = Ultima consultazione: { $moment }, { $brand }.
home-never = Nessuno ha ancora consultato i suoi dati.
home-waiting = In attesa della sua risposta
home-waiting-more = { $count ->
    [one] Un’altra attende dopo queste.
   *[other] Altre { $count } attendono dopo queste.
}
home-open = I suoi accessi
home-nobody = Nessuno può vedere i suoi dati. Nulla è condiviso finché lei non dice sì.
home-past = Accessi terminati
past-title = Accessi terminati
past-none = Nessun accesso è ancora terminato.
past-used = { $count ->
    [0] Non è mai stato usato.
    [one] È stato usato una volta.
   *[other] È stato usato { $count } volte.
}
request-asks = Chiede: { $data }
request-lapses = Può rispondere { $until }. Senza risposta non si condivide nulla di nuovo.
request-open = Leggere che cosa chiede { $brand }
card-data = Dati
card-reason = Motivo
card-until = Fine
card-read = Consultazioni
card-reads = { $count ->
    [one] una: { $moment }
   *[other] { $count }, l’ultima: { $moment }
}
card-unread = Ancora nessuna consultazione.
and-more = { $list } e { $count ->
    [one] un altro dato
   *[other] altri { $count }
}
stop = Interrompere l’accesso
of-brand = di { $brand }
details = Vedere i dettagli
details-resume = Vedere i dettagli o riattivare
pause-all = Mettere tutto in pausa
pause-all-title = Mettere in pausa tutti gli accessi?
pause-all-words = Tutti gli accessi attivi restano in pausa finché non li riprende. Ognuno si riprende sulla sua pagina.
stop-all = Interrompere tutti gli accessi
stop-all-title = Interrompere per sempre tutti gli accessi?
stop-all-words = Tutti gli accessi terminano subito. Le marche possono chiedere di nuovo, e lei decide di nuovo.
keep-as-it-is = Lasciare tutto com’è

## Che cosa ne è venuto
done-approved = Ora condivide questi dati. Ecco la sua ricevuta.
done-countered = Ha proposto meno. Non si condivide nulla di nuovo finché la marca non accetta. Ecco la ricevuta.
done-declined = Ha detto no. Non si condivide nulla di nuovo. La marca non ne conosce il motivo.
done-stopped = L’accesso è interrotto. Nessuno consulta più i suoi dati con questo accesso.
done-paused = L’accesso è in pausa. Nessuno consulta più nulla con esso.
done-resumed = L’accesso è di nuovo attivo.
done-narrowed = Da ora condivide meno.
done-stopped-all = Tutti gli accessi sono interrotti.
done-paused-all = Tutti gli accessi attivi sono in pausa.
done-added = Ora è nella sua cassaforte, cifrato.
done-corrected = È stato corretto.
done-deleted = È stato cancellato.
done-ended = Questa sessione è terminata.
done-language = La lingua è cambiata.
done-unchanged = Nulla è stato modificato: ha scelto ciò che c’era prima.
done-erased = Tutto è cancellato. La sua chiave è distrutta, e nulla di suo si apre più.

## Una richiesta
request-title = { $brand } le fa una richiesta
request-why = Perché
request-text = Testo { $version }, { $language }. La sua risposta è legata esattamente a questo testo.
request-no-notice = Non è possibile mostrare il testo della marca per questa richiesta. Non condivida nulla finché manca.
request-needed = Che cosa è necessario
request-optional = Che cosa è facoltativo
request-optional-words = Nulla è selezionato. Selezioni ciò che desidera condividere in più.
request-what = Quali dati
request-rules = Come possono essere usati
request-how-long = Per quanto tempo?
request-stop-title = Come interrompere
request-stop = Può interrompere in ogni momento dalla sua pagina iniziale, in due passi. Allora { $brand } non può più consultare nulla.
request-approved = Ha detto sì a { $brand }.
request-declined = Ha detto no a { $brand }. Non si condivide nulla di nuovo.
request-countered = Ha proposto meno a { $brand }. Non si condivide nulla di nuovo finché non accetta.
request-withdrawn = { $brand } ha ritirato la richiesta. Non si condivide nulla di nuovo.
request-rejected = { $brand } non ha voluto meno. Non si condivide nulla di nuovo.
request-lapsed = La richiesta è decaduta. Non si condivide nulla di nuovo.
request-offered = Che cosa ha proposto
share = Condividere
do-not-share = Non condividere
offer-less = Proporre meno
decide-later = Decidere più tardi
ask-a-question = Fare una domanda
preview = I suoi dati ora
preview-none = La sua cassaforte non contiene nulla di questo.
preview-masked = Esce dalla sua cassaforte solo in forma meno precisa.
term-once = Una volta, una sola consultazione
term-days = { $days ->
    [one] Un giorno
   *[other] { $days } giorni
}
term-asked = Per tutto il tempo richiesto
less-title = Proporre meno
less-lead = Scelga che cosa proporre invece. Se a { $brand } serve di più, non si condivide nulla di nuovo.
offer-this = Proporre questo
item-needed = (necessario)
item-none = Per nulla
narrow-title = Condividere meno
narrow-lead = Scelga che cosa { $brand } può ancora vedere. Ha effetto subito.
share-less = Condividere meno

## Le condizioni in parole
view-raw = così com’è
view-masked = in forma meno precisa
view-answer = solo una conclusione
terms-mode = Che cosa può fare la marca
mode-view = Consultare, senza conservare
mode-store = Consultare e conservare per un certo tempo
mode-query = Porre domande; dalla sua cassaforte escono solo risposte
mode-stream = Ricevere i nuovi dati man mano che arrivano
terms-often = Quante volte
often-once = Una volta
often-uses = { $count ->
    [one] una consultazione in tutto
   *[other] { $count } consultazioni in tutto
}
often-hour = { $count ->
    [one] al massimo una volta all’ora
   *[other] al massimo { $count } volte all’ora
}
often-day = { $count ->
    [one] al massimo una volta al giorno
   *[other] al massimo { $count } volte al giorno
}
often-month = { $count ->
    [one] al massimo una volta al mese
   *[other] al massimo { $count } volte al mese
}
often-free = Ogni volta che la marca ne ha bisogno
terms-range = Di quale periodo
range-months = { $count ->
    [one] l’ultimo mese
   *[other] gli ultimi { $count } mesi
}
range-between = dal giorno { $from } al giorno { $to }
range-from = dal giorno { $from }
range-to = prima del giorno { $to }
range-all = tutto il periodo
terms-from = Inizio
terms-until = Fine
terms-kept = Per quanto tempo la marca li conserva
kept-not = La marca non conserva nulla
kept-days = { $days ->
    [one] un giorno, poi li cancella
   *[other] { $days } giorni, poi li cancella
}
terms-onward = Chi altro li riceve
onward-nobody = Nessuno
terms-predictions = Previsioni su di lei
predictions-no = No
predictions-yes = Sì, se ne possono ricavare
terms-contact = Chi le scrive
contact-none = Solo una persona
contact-drafts = Una macchina prepara, una persona invia
contact-yes = Una macchina può inviare

## Accesso
grant-active = L’accesso è attivo.
grant-paused = L’accesso è in pausa.
grant-revoked = Ha interrotto questo accesso.
grant-expired = Questo accesso è terminato da sé.
grant-exhausted = Tutte le consultazioni sono esaurite.
grant-superseded = Un altro accesso ha preso il suo posto.
grant-suspended = L’accesso è sospeso. La marca ha cambiato il suo testo, oppure è sospesa.
pause = Mettere in pausa
pause-for = Durata della pausa
pause-open = finché non lo riattivo
resume = Riattivare l’accesso
keep = Mantenere l’accesso
access-what = Che cosa può vedere la marca
access-promise = Ciò che è uscito dalla sua cassaforte è nelle mani di { $brand }. La marca ha promesso per iscritto di rispettare queste regole.
access-reads = { $count ->
    [0] Consultazioni
    [one] Una consultazione
   *[other] { $count } consultazioni
}
access-all-reads = Tutte le consultazioni di questa marca
access-before = L’accesso com’era prima
stop-title = Interrompere l’accesso di { $brand }?
stop-words = Allora { $brand } non può più consultare nulla: { $data }.
stop-kept-not = { $brand } non conserva nulla di ciò che ha visto.
stop-kept = { $brand } deve cancellare entro { $days ->
    [one] un giorno
   *[other] { $days } giorni
} ciò che ha conservato.

## I miei dati
data-title = I miei dati
data-lead = Questo è tutto ciò che la sua cassaforte contiene di lei. È cifrato con una chiave soltanto sua.
data-add = Aggiungere qualcosa
data-none = La sua cassaforte è vuota. Aggiunga ciò che desidera far sapere di sé.
data-seen-by = Può essere visto da { $brands }
data-source = Da dove viene
source-import = È stato importato
source-customer = Lo ha inserito lei
data-who = Chi può vederlo
data-nobody = Nessuno
data-correct = Correggere
data-delete = Cancellare
data-save = Salvare
data-back = Tornare ai miei dati
data-not-saved = Questo non è stato salvato. Ciò che ha inserito è ancora qui.
data-sensitive = Questo dato è sensibile. Lo condivida solo dove è necessario.
add-title = Aggiungere qualcosa
add-lead = Scelga di che cosa si tratta. Nessuno lo vede finché lei non dice sì a una marca.
delete-title = Cancellare «{ $title }»?
delete-words = Viene cancellato per sempre, con tutte le versioni precedenti. Ciò che le marche hanno già non cambia.
family-identity = Su di lei
family-contact = Come raggiungerla
family-address = Indirizzi
family-body = Misure e taglie
family-style = Gusti
family-purchase = Acquisti
family-browsing = Desideri
family-occasion = Occasioni
family-location = Luoghi e viaggi
family-delivery = Consegna
family-sustainability = Cura del pianeta
family-rules = Regole di contatto
family-feedback = Pareri
family-household = Casa e famiglia
family-photo = Foto

## Tutte le consultazioni
reads-title = Tutte le consultazioni
reads-lead = Ogni volta che qualcuno ha chiesto i suoi dati, con il motivo indicato. Ci sono anche le consultazioni rifiutate.
reads-result = Esito
reads-brand = Marca
reads-every-brand = Tutte le marche
reads-filter = Mostrare
reads-all = Concesse e rifiutate
reads-shown = Concesse
reads-refused = Rifiutate
reads-none = Nessuno ha ancora consultato i suoi dati.
reads-none-here = Nessuna in questa pagina.
reads-when = Quando
reads-who = Chi
reads-data = Dati
reads-reason = Motivo indicato
reads-access = Vedere questo accesso
reads-unknown = Non riconosce una consultazione?
read-shown = Concessa
read-refused = Rifiutata
refused-grant-revoked = Rifiutata: aveva interrotto l’accesso
refused-grant-paused = Rifiutata: aveva messo in pausa l’accesso
refused-grant-expired = Rifiutata: l’accesso era terminato
refused-grant-exhausted = Rifiutata: tutte le consultazioni erano esaurite
refused-frequency-exceeded = Rifiutata: troppo spesso
refused-no-access = Rifiutata: nessun accesso
refused-attribute-not-granted = Rifiutata: non condiviso
refused-view-not-granted = Rifiutata: più di quanto condiviso
refused-grant-not-yet-valid = Rifiutata: troppo presto
refused-grant-suspended = Rifiutata: l’accesso era sospeso

## Ricevute
receipts-title = Ricevute
receipts-lead = Ogni decisione dà una ricevuta, anche ogni no. È firmata, e nessuno può modificarla in seguito.
receipts-none = Non ha ancora deciso nulla.
receipt-title = Ricevuta
receipt-decision = Decisione
receipt-brand = Marca
receipt-when = Quando
receipt-text = Testo che ha visto
receipt-text-words = Testo { $version }, { $language }, con questa impronta:
receipt-proof = Prova
receipt-valid = È come è stata scritta: verificata proprio ora.
receipt-invalid = Non corrisponde a ciò che è stato scritto. La preghiamo di avvisare l’assistenza.
receipt-waiting = È in arrivo nel registro pubblico. Guardi di nuovo tra qualche secondo.
receipt-logged = È nel registro pubblico, che nessuno può modificare.
receipt-download = Scaricare la ricevuta
receipt-download-proof = Scaricare la prova
receipt-check = Chiunque può verificare entrambe senza di noi:
decision-approve = Sì
decision-counter = Sì, con meno
decision-decline = No
decision-pause = Messo in pausa
decision-resume = Riattivato
decision-revoke = Interrotto
decision-amend = Condiviso meno

## Esportare e cancellare
export-title = Esportare i miei dati
export-lead = Porti con sé tutto ciò che la sua cassaforte contiene, in un file che altri programmi leggono.
export-json = Esportare come JSON
export-csv = Esportare come tabella
export-words = Le foto sono indicate nel file e si scaricano una per una. L’esportazione viene annotata nel suo registro.
erase-title = Cancellare tutto
erase-lead = La sua chiave viene distrutta. Nulla nella sua cassaforte può più essere aperto, da nessuno.
erase-data = Tutti i suoi dati scompaiono, con tutte le versioni precedenti.
erase-access = Tutti gli accessi terminano subito.
erase-log = Il registro conserva che qualcosa è stato scritto, e non che cosa.
erase-brands = Ciò che le marche hanno conservato resta presso di loro fino al termine previsto. Qui sotto vede entro quando devono cancellarlo.
erase-final = Non si può annullare.
erase-export-first = Esportare prima i miei dati
erase-sure = Sì, cancellare tutto. So che non si può annullare.
erase-button = Cancellare tutto

## Sicurezza
security-title = Sicurezza
security-lead = Veda dove ha effettuato l’accesso. Termini ciò che non conosce.
security-sessions = Le sue sessioni aperte
security-began = Inizio
security-ends = Fine
security-this = È la sessione che sta usando ora.
security-end = Terminare
security-more = La sua cassaforte

## Aiuto
help-title = Aiuto
help-who = Chi può vedere i miei dati?
help-who-answer = Solo le marche a cui ha detto sì, solo ciò che ha accettato, solo fino al giorno scelto. La sua pagina iniziale le nomina tutte.
help-stop = Come interrompo l’accesso?
help-stop-answer = Scelga «Interrompere l’accesso» nella pagina iniziale, e di nuovo nella successiva. Da quel momento ogni consultazione è rifiutata.
help-refused = Perché nel mio elenco c’è una consultazione rifiutata?
help-refused-answer = Una marca ha chiesto qualcosa che lei non condivide, o non condivide più. Non ha ricevuto nulla.
help-unknown = Non riconosco una consultazione. E ora?
help-unknown-answer = Prima interrompa l’accesso. Poi scriva alla marca e a chi gestisce questa cassaforte, con giorno e ora della consultazione.
help-receipt = A che cosa serve una ricevuta?
help-receipt-answer = Prova che cosa ha deciso, e su quale testo. Chiunque può verificarla senza chiedere a noi.
help-complain = Come presento un reclamo?
help-complain-answer = Accanto a ogni consultazione, accesso e ricevuta trova «C’è qualcosa che non va?». Il rapporto va all’autorità del suo paese.

## Regole di contatto
nav-contact = Contattarmi
done-rules = Le sue regole di contatto sono salvate.
entered-zone = Questo fuso orario non esiste. Lo scriva come Europe/Rome.
entered-quiet = Un momento di quiete ha giorni, un inizio e una fine.
entered-most = Scriva un numero da 0 a 60.
rules-title = Contattarmi
rules-lead = Le marche leggono queste regole dove le condivide. Ciò che non è spuntato non è permesso.
rules-none = Non ha ancora regole. Spunti come le marche possono raggiungerla; altro non è permesso.
rules-ways = Come e perché
rules-who = Persona o macchina
rules-when = Quando no
rules-quiet = Momento di quiete { $number }
rules-from = dalle
rules-to = alle
rules-zone = Fuso orario
rules-most = Messaggi al mese al massimo
rules-not-before = Lasciarmi in pace fino al
rules-always = Sempre permesso
rules-unmentioned = Non menzionare
way-boutique = In boutique
way-phone = Telefono
way-whatsapp = WhatsApp
way-wechat = WeChat
way-sms = SMS
way-email = E-mail
way-post = Posta
way-for-orders = I miei ordini
way-for-advice = Consigli
way-for-events = Eventi
way-for-news = Novità
day-mon = Lunedì
day-tue = Martedì
day-wed = Mercoledì
day-thu = Giovedì
day-fri = Venerdì
day-sat = Sabato
day-sun = Domenica
always-order-ready = Un ordine è pronto
always-appointment = I miei appuntamenti
always-delivery = Una consegna
always-security = Sicurezza
always-product-recall = Un richiamo
unmentioned-birthday = Compleanni
unmentioned-anniversary = Anniversari
unmentioned-wedding = Matrimoni
unmentioned-travel = Viaggi
unmentioned-sizes = Taglie
unmentioned-purchases = Acquisti
unmentioned-household = La mia famiglia

## Importare
bring-title = Importare un file
bring-lead = Porti qui ciò che ha altrove. Nessuno lo vede prima del suo sì.
bring-file = File, al massimo 5 MB
bring-button = Importarlo
bring-words = Legge ciò che scrive «Esportare i miei dati», e le tabelle con le colonne attribute e value. Ogni riga è un dato:
bring-again = Importare un altro file
bring-unknown = La cassaforte non conosce questo tipo di dato.
bring-photo = Una foto non fa parte di un file di dati.
bring-not-text = Non è un file di testo in UTF-8.
bring-not-json = Non è JSON.
bring-no-fields = Servono attribute e value.
bring-no-columns = La tabella deve avere le colonne attribute e value.
bring-not-table = Questa riga della tabella non si legge.
entered-file-size = Il file supera 5 MB.
entered-no-file = Scelga un file.
bring-taken = { $count ->
    [0] Non è stato importato nulla.
    [one] Una riga è ora nella sua cassaforte.
   *[other] { $count } righe sono ora nella sua cassaforte.
}
bring-double = { $count ->
    [one] Una riga c’era già.
   *[other] { $count } righe c’erano già.
}
bring-refused = { $count ->
    [one] Una riga non è stata importata
   *[other] { $count } righe non sono state importate
}
bring-more = E altre { $count }.

## Passkeys
passkey-sign-in-title = Accedi con una passkey
passkey-sign-in-words = Il telefono o il computer ti riconosce dal volto, dal dito o dal PIN. Non scrivi nulla.
passkey-sign-in-button = Usa una passkey
passkey-no-script = Le passkey hanno bisogno di JavaScript nel browser. Senza, accedi con un codice di accesso.
passkey-no-support = Questo browser non conosce le passkey. Usane uno più recente, o un codice di accesso.
passkey-failed = Non ha funzionato e nulla è cambiato. Riprova quando vuoi.
passkey-known = Questo dispositivo ha già una passkey per questa cassaforte. Usane un altro.
enrol-link = Ho un invito
recover-link = Ho perso le mie passkey
enrol-title = Crea la tua passkey
enrol-lead = Una passkey è la chiave della tua cassaforte. Resta sul tuo dispositivo e nessuno può copiarla da qui.
enrol-code = Il tuo codice
enrol-button = Crea una passkey
enrol-how = Il codice è arrivato con l’invito. Vale una volta, per 14 giorni.
enrol-back = Torna all’accesso
enrol-done = La passkey è creata e hai effettuato l’accesso.
recovery-title = La tua via di ritorno
recovery-code = Codice di recupero
recovery-keep = Stampalo o scrivilo ora: è mostrato una volta. È l’unica via di ritorno se perdi ogni passkey.
recovery-made = Questo è il tuo nuovo codice di recupero. Quello di prima non vale più.
recovery-kept = Ce l’ho su carta
recovery-since = Hai un codice di recupero dal { $moment }.
recovery-none = Non hai un codice di recupero. Se perdi ogni passkey non puoi tornare.
recovery-new = Crea un nuovo codice di recupero
passkey-second-title = Aggiungi una seconda passkey
passkey-second-words = Con due dispositivi, perderne uno non è un problema.
passkey-go-on = Continua senza
passkey-add = Aggiungi una passkey
passkeys-title = Le tue passkey
passkeys-none = Non hai ancora una passkey.
passkeys-few = Hai una sola passkey. Aggiungine un’altra, su un altro dispositivo.
passkey-number = Passkey { $number }
passkey-added = Aggiunta
passkey-used = Ultimo uso
passkey-never-used = non ancora
passkey-remove = Rimuovi la passkey
passkey-keep = Mantieni la passkey
passkey-remove-title = Rimuovere questa passkey?
passkey-remove-words = La passkey { $number } non aprirà più la cassaforte. Rimuovila anche dal dispositivo.
passkey-remove-last = È l’ultima. Dopo, solo il codice di recupero ti fa entrare.
passkey-remove-one-left = Poi resta una sola passkey. Se la perdi, serve il codice di recupero.
recover-title = Torna senza una passkey
recover-lead = Scrivi il codice di recupero che hai annotato. Vale finché non hai creato una nuova passkey.
recover-button = Continua
recover-without = Se non hai nemmeno il codice di recupero, chiedi a chi gestisce questa cassaforte.
done-passkey-added = La passkey è aggiunta.
done-passkey-removed = La passkey è rimossa. Non apre più nulla.
reason-passkey-refused = La passkey qui non apre nulla. Riprova, o usane un’altra.
reason-passkey-not-stored = Questo dispositivo non può conservare una passkey così. Usane un altro.
reason-passkey-taken = Questa passkey è già conosciuta.
reason-ceremony-ended = Sono passati più di cinque minuti, o era già fatto. Ricomincia.
reason-invitation-invalid = Questo codice non è valido, è stato usato o è scaduto. Chiedine uno nuovo.
reason-recovery-code-invalid = Questo codice di recupero non è valido o è stato usato.
reason-last-passkey = È la tua ultima passkey e non hai un codice di recupero. Crea prima uno dei due.
reason-too-many-passkeys = Hai 20 passkey. Rimuovine prima una.
reason-passkeys-unavailable = Le passkey non funzionano a questo indirizzo. Usa un codice di accesso.

## Altre parole
fault-slow = La cassaforte non ha risposto in tempo.
fault-later = Riprovi tra un minuto.
kept-end = Fino al termine dell’accesso, poi lo cancellano
stop-kept-end = Al termine dell’accesso { $brand } deve cancellare ciò che ha conservato.
paused-ends = La pausa dura { $until }.
request-asked = Che cosa era richiesto
request-standing = Per questo condivide già qualcosa. Un no lo lascia com’è; un sì lo sostituisce.
requests-title = Richieste
requests-none = Nessuna richiesta in attesa.
requests-countered = In attesa della marca
entered-exists = Ce n’è già uno. Lo apra dalla pagina dei suoi dati e lo corregga.
sign-in-token-once = Anche l’uscita lo termina.
decision-accept-counter = Accordo per meno
decision-suspend = Sospeso
decision-reinstate = Ripristinato
yes-signed = Un sì si conferma con la passkey. Firma questo testo e le scelte fatte, e nient’altro.
yes-no-script = Un sì richiede la passkey, e le passkey hanno bisogno di JavaScript. Senza, si può dire no, sospendere o interrompere.
yes-no-support = Questo browser non conosce le passkey, e un sì ne richiede una. Senza, si può dire no, sospendere o interrompere.
yes-failed = Manca la conferma con la passkey: nulla è stato condiviso o modificato. Si può riprovare, oppure dire no.
reason-step-up-required = Un sì richiede la passkey. Dire no, sospendere e interrompere non la richiedono. Se ora non ce n’è una, si crea sotto Sicurezza.
reason-signed-something-else = La passkey ha firmato altro da ciò che si vede ora. Occorre rileggere, e decidere di nuovo.
reason-recovery-code-already-made = Questo codice di recupero è già stato creato, e si mostra una volta sola. Se non è stato conservato, se ne crea uno nuovo.
enrol-signed-in-title = La sessione è aperta
enrol-signed-in = Prima occorre uscire, poi riaprire il link. Può portare in una cassaforte diversa dalla sua.
enrol-reentry = Dopo un codice di recupero, la passkey apre la cassaforte che già c’era. Va usato soltanto un codice proprio.
security-issued = L’ha creata chi gestisce questa cassaforte. Non vede alcun dato e non decide nulla.
security-support = È entrato con un codice personale. Per vedere i dati e decidere, si entra con la passkey.
receipt-signed = È stato confermato con la sua passkey. La ricevuta contiene la firma.

## Avvisi
nav-notices = Avvisi
nav-notices-new = Avvisi ({ $count } nuovi)
notices-title = Avvisi
notices-unseen = { $count ->
    [0] Niente di nuovo.
    [one] Un avviso è nuovo dalla sua ultima visita.
   *[other] { $count } avvisi sono nuovi dalla sua ultima visita.
}
notices-none = Non è ancora successo niente. Lo leggerà qui.
notices-see = Ho visto questi avvisi
notice-new = Nuovo
notice-some-brand = Una marca
notice-request-waiting = { $brand } chiede i suoi dati.
notice-request-reminder = { $brand } aspetta ancora. Senza risposta la richiesta termina tra tre giorni.
notice-access-given = Ha dato un accesso a { $brand }.
notice-access-changed = Condivide meno con { $brand }.
notice-access-on = L’accesso di { $brand } è di nuovo attivo.
notice-access-paused = Ha sospeso l’accesso di { $brand }.
notice-access-held = L’accesso di { $brand } è trattenuto.
notice-access-stopped = Ha interrotto l’accesso di { $brand }.
notice-access-ended = L’accesso di { $brand } è terminato da sé.
notice-access-ends = L’accesso di { $brand } termina tra { $days } giorni. Se non fa niente, finisce.
notice-still-sharing = Condivide ancora dei dati. Veda chi li vede, perché e fino a quando.
notice-first-read = { $brand } ha consultato i suoi dati per la prima volta.
notice-read-refused = { $brand } ha chiesto una consultazione, che è stata rifiutata.
notice-support = Chi gestisce questa cassaforte ha agito sul suo conto.
notice-support-token = Chi gestisce questa cassaforte ha emesso un codice personale.
notice-support-customer-invited = Chi gestisce questa cassaforte le propone di creare una passkey.
notice-support-identifier-added = Chi gestisce questa cassaforte ha aggiunto un modo per farsi trovare dalle marche.
notice-support-identifier-removed = Chi gestisce questa cassaforte ha tolto un modo per farsi trovare dalle marche.
notice-passkey-added = È stata aggiunta una passkey.
notice-passkey-removed = È stata tolta una passkey.
notice-recovery-code = Il suo codice di recupero è stato usato o sostituito.
notice-export-made = I suoi dati sono stati esportati.
notice-complaint-filed = Ha presentato un reclamo.
notice-complaint-closed = Un suo reclamo è chiuso.
notice-unknown = È successo qualcosa nella sua cassaforte.
done-seen = Ha visto tutto.
done-told = Salvato. D’ora in poi riceverà gli avvisi così.
notices-settings-title = Che cosa ricevo
notices-settings-lead = Ogni avviso appare qui subito. Scelga che cosa riceve anche per e-mail.
notices-settings-mail = Un’e-mail dice solo che c’è qualcosa di nuovo. Non nomina né marche né dati.
notices-mail-demo = Questa è una dimostrazione: non si invia nessuna e-mail.
notices-mail-none = Questa cassaforte non invia e-mail. Tutti gli avvisi sono qui.
notices-mail-address = La sua cassaforte non contiene un indirizzo e-mail: non si invia niente.
notices-mail-language = Lingua delle e-mail
notices-mail-language-own = La lingua del mio conto
notices-settings-must = Le ricevute e il promemoria dei 90 giorni devono arrivarle. Ciò che riguarda il suo accesso non può aspettare.
topic-requests = Una marca chiede qualcosa
topic-receipts = Accesso dato, cambiato, sospeso, interrotto o terminato
topic-ending = Accesso che termina tra 14 e tra 3 giorni
topic-sharing = Che cosa condivido ancora, ogni 90 giorni
topic-reads = Prime consultazioni e consultazioni rifiutate
topic-security = Passkey, codici di recupero e assistenza
topic-vault = Esportazioni e reclami
mail-at-once = Subito
mail-daily = Una volta al giorno, alle 8
mail-off = Nessuna e-mail
mail-subject = Novità nella sua cassaforte
mail-new = C’è qualcosa di nuovo nella sua cassaforte.
mail-look = Guardi qui:
mail-change = Cambi che cosa riceve:
mail-why = Questa e-mail non nomina niente e nessuno di proposito.

## Sarebbe bloccato?
check-title = Sarebbe bloccato?
check-lead = Provi che cosa potrebbe fare una marca con le sue regole. Non si invia niente, e nessuna marca lo sa.
check-no-brands = Nessuna marca le ha ancora chiesto niente.
check-brand = Quale marca
check-channel = Come
check-purpose = Per che cosa
check-occasion = Di che cosa si tratta
check-occasion-none = Altro
check-author = Chi scrive
check-person = Una persona
check-draft = Una macchina scrive, una persona invia
check-machine = Una macchina
check-day = Giorno
check-time = Ora
check-made = Messaggi di questa marca prima, nello stesso mese
check-button = Provare
check-again = Provare altro
check-allowed = Un messaggio di { $brand } passerebbe.
check-because-way = Permette { $way } per: { $purpose }.
check-because-always = Questo è sempre permesso: { $what }.
check-blocked = Un messaggio di { $brand } sarebbe bloccato, perché:
block-no-access = { $brand } non ha accesso ai suoi dati in quel momento.
block-no-rules = Non ha ancora regole di contatto: niente è permesso.
block-unreadable = Le sue regole di contatto non si leggono: niente è permesso. Le salvi di nuovo.
block-way = Non permette questo: { $way }, { $purpose }.
block-person-only = Solo una persona può contattarla.
block-person-sends = Deve inviarlo una persona.
block-left-alone = Non vuole contatti fino al { $date }.
block-quiet = È un’ora di quiete, fino alle { $until }.
block-month = { $count ->
    [0] Non permette nessun messaggio.
    [one] Permette un messaggio al mese, ed è stato inviato.
   *[other] Permette { $count } messaggi al mese, e sono stati inviati.
}
entered-brand = Scelga una marca.
entered-when = Scriva un giorno e un’ora.
entered-made = Scriva un numero da 0 in su.

## Reclami
complaints-title = Reclami
complaints-lead = I suoi reclami e che cosa ne è stato. Ognuno è scritto nel suo registro.
complaints-none = Non ha presentato reclami. Il collegamento è accanto a ogni consultazione, accesso e ricevuta.
complaint-link = C’è qualcosa che non va?
complaint-title = C’è qualcosa che non va?
complaint-about = Oggetto
complaint-what = Di che cosa si tratta?
complaint-not-recognised = Non riconosco questo
complaint-not-recognised-words = Non sa chi ha consultato, o perché.
complaint-deletion = Chiedere la cancellazione
complaint-deletion-words = Vuole che la marca cancelli ciò che ha avuto.
complaint-report = Segnalarlo
complaint-report-words = Pensa che una regola non sia stata rispettata.
complaint-text = Le sue parole
complaint-share = Chi gestisce questa cassaforte può leggere questo reclamo.
complaint-sealed = Le sue parole sono cifrate con la sua chiave. Senza la spunta, chi gestisce vede solo il tipo e l’ora.
complaint-file = Presentare
complaint-open = Aperto. Nessuno ha ancora risposto.
complaint-taken-back = Lo ha ritirato.
complaint-answered = Con risposta
complaint-filed = Presentato
complaint-shared = Chi gestisce questa cassaforte può leggerlo.
complaint-unshared = Solo lei può leggerlo.
complaint-answer = Risposta
complaint-authority = Andare oltre
complaint-authority-words = Questo rapporto va all’autorità per la protezione dei dati del suo paese. La voce del registro e la sua prova sono nel file.
complaint-download = Scaricare il rapporto
complaint-take-back = Ritirarlo
complaint-take-back-words = Allora è chiuso. Il registro conserva che l’ha presentato.
done-complained = Il suo reclamo è presentato e scritto nel suo registro.
done-taken-back = Lo ha ritirato. È chiuso.
entered-complaint = Il testo è troppo lungo. Scriva al massimo 2000 lettere.
reason-too-many-complaints = Cento reclami sono aperti. Prima ne ritiri uno.
reason-complaint-closed = Questo reclamo è già chiuso.
report-title = Reclamo sull’uso dei miei dati personali
report-to = All’autorità per la protezione dei dati di
report-from = Il mio nome
report-reach = Come contattarmi
report-attached = Qui sotto: le voci del registro, ognuna con la sua impronta, e le loro prove.
report-check = Chiunque può controllare ricevute e prove con: coffret verify receipt

## Che cosa devono cancellare le marche
deletions-title = Che cosa devono cancellare le marche
deletions-lead = Le marche cancellano quanto hanno conservato quando il tempo è finito. Qui vede entro quando, e se lo hanno confermato.
deletions-none = Nessuna marca ha conservato qualcosa di suo.
deletions-who = Marca
deletions-what = Dati
deletions-when = Entro
deletions-state = Stato
deletions-on = L'accesso è attivo. Ogni lettura fa ripartire il tempo.
deletions-waiting = C'è tempo fino ad allora.
deletions-done = La marca ha detto il { $date } di averlo cancellato.
deletions-late = Il tempo è finito. La marca non ha detto di averlo cancellato.
deletions-link = Vedere che cosa devono cancellare le marche
