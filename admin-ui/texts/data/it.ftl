# Una macchina ha scritto la bozza di questo file; nessuna persona di lingua madre lo ha ancora letto.
# Come si chiamano i campi dei dati e le loro scelte, in italiano. Etichette brevi; le parole della pagina dei contatti sono le stesse qui.

## Lei e il suo nome
field-honorific = Titolo
field-given = Nome
field-family = Cognome
field-written = Nome completo, come si scrive
field-name = Nome
field-address-as = Come chiamarmi
field-spoken-like = Si pronuncia
field-formal = Dare del lei
field-date = Data
field-years = Età, in anni
field-stated-on = Indicato il
field-gender = Genere
field-description = Con parole mie
field-pronouns = Pronomi

## Come raggiungerla
field-address = Indirizzo e-mail
field-label = Tipo
field-number = Numero di telefono
field-service = Servizio
field-handle = Nome o numero sul servizio
field-languages = Lingue, la preferita per prima
field-language = Lingua
field-need = Esigenza
field-remark = Osservazione

## Indirizzi
field-recipient = Destinatario
field-lines = Righe
field-postcode = Codice postale
field-city = Città
field-region = Regione
field-country = Paese
field-phone = Telefono
field-instructions = Istruzioni
field-tax-number = Codice fiscale o partita IVA

## Misure e taglie
field-value = Misura
field-unit = Unità
field-measured-on = Misurato il
field-shape = Silhouette
field-system = Sistema di taglie
field-size = Taglia
field-sizes = Taglie
field-band = Fascia
field-cup = Coppa
field-cut = Modello
field-width = Larghezza
field-length = Lunghezza
field-height = Altezza
field-sleeve = Lunghezza della manica
field-finger = Dito
field-hand = Mano
field-fit = Vestibilità

## Articoli e acquisti
field-item = Articolo
field-id = Codice articolo
field-brand = Marca
field-category = Tipo di articolo
field-colour = Colore
field-bought-on = Acquistato il
field-order = Numero d’ordine
field-quantity = Numero di pezzi
field-amount = Importo
field-minor = Importo, in centesimi
field-currency = Valuta
field-up-to = Al massimo
field-place = Luogo
field-gift = Era un regalo
field-returned-on = Restituito il
field-refund = Rimborso
field-reason = Motivo
field-reviewed-on = Parere dato il
field-rented-for = Per quale occasione
field-recommended = Lo consiglio

## Desideri
field-seen-at = Visto il
field-seconds = Durata, in secondi
field-added-on = Aggiunto il
field-share-as-gift-idea = Condividere come idea regalo

## Regole di contatto
field-channels = Come e perché
field-channel = Come
field-purpose = Perché
field-allowed = Permesso
field-automated = Persona o macchina
field-quiet-hours = Momenti di quiete
field-days = Giorni
field-from = Inizio
field-to = Fine
field-time-zone = Fuso orario
field-max-per-month = Messaggi al mese al massimo
field-not-before = Lasciarmi in pace fino al
field-always = Sempre permesso
field-not-mention = Non menzionare
field-advisor = Consulente

## Occasioni
field-occasion = Occasione
field-kind = Tipo
field-of = Compleanno di
field-day = Giorno
field-year = Anno
field-with = Con
field-mention = Si può menzionare
field-role = Il mio ruolo
field-held-on = Si tiene il
field-dress-code = Abbigliamento richiesto

## Luoghi e viaggi
field-stay = Alloggio
field-visited-at = Visitata il
field-boutique = Boutique
field-appointment = Su appuntamento

## Consegna
field-packaging = Confezione
field-discreet = Confezione discreta
field-gift-wrap = Confezione regalo
field-gift-message = Biglietto per il regalo

## Pareri
field-given-on = Dato il
field-about = Riguarda
field-subject = Più precisamente
field-rating = Voto
field-note = Commento
field-wants-answer = Desidero una risposta
field-trustworthiness = Affidabilità
field-expertise = Competenza
field-kindness = Gentilezza
field-empathy = Empatia
field-creativity = Creatività
field-uses-my-data-as-agreed = Usa i miei dati come concordato

## Casa e famiglia
field-call-them = Come si chiama in famiglia
field-garment = Capo
field-birth-year = Anno di nascita
field-relation = Legame
field-surprise = È una sorpresa
field-species = Animale
field-collar = Collare
field-comes-along = Viene con me

## Foto
field-taken-on = Scattata il
field-caption = Didascalia
field-media-type = Tipo di file
field-bytes = Dimensione, in byte
field-sha256 = Impronta

## Gusti e cura del pianeta
field-likes = Ciò che piace
field-dislikes = Ciò che non piace
field-families = Famiglie olfattive
field-intensity = Intensità
field-notes = Note
field-avoids = Da evitare
field-avoid = Da evitare
field-names = Stilisti e case
field-words = Parole
field-prefer = Di preferenza
field-transport = Spedizione

## Scelte comuni a più campi
choice-other = Altro
choice-work = Lavoro
choice-boutique = In boutique
choice-event = Evento
choice-message = Messaggio
choice-wedding = Matrimonio
choice-everyday = Tutti i giorni
choice-travel = Viaggio
choice-business = Affari
choice-whatsapp = WhatsApp
choice-wechat = WeChat
choice-leather = Pelle
choice-hat = Cappello

## Scelte: lei e chi le sta vicino
choice-gender-woman = Donna
choice-gender-man = Uomo
choice-self-described = Con parole mie
choice-not-stated = Preferisco non dirlo
choice-gender-any = Nessuna preferenza
choice-relation-partner = Partner
choice-relation-child = Figlia o figlio
choice-relation-parent = Madre o padre
choice-relation-sibling = Sorella o fratello
choice-relation-friend = Amica o amico
choice-relation-colleague = Collega
choice-relation-other = Un’altra persona
choice-of-me = Me
choice-of-partner = Partner
choice-of-child = Figlia o figlio
choice-of-parent = Madre o padre
choice-of-sibling = Sorella o fratello
choice-of-friend = Amica o amico
choice-of-other = Un’altra persona
choice-species-dog = Cane
choice-species-cat = Gatto
choice-species-bird = Uccello
choice-species-horse = Cavallo

## Scelte: come raggiungerla
choice-label-private = Personale
choice-label-assistant = Assistente
choice-label-mobile = Cellulare
choice-label-home = Casa
choice-service-line = LINE
choice-kakaotalk = KakaoTalk
choice-service-telegram = Telegram
choice-service-signal = Signal
choice-step-free = Accesso senza gradini
choice-seating = Un posto a sedere
choice-quiet-room = Una stanza tranquilla
choice-large-print = Caratteri grandi
choice-sign-language = Lingua dei segni
choice-hearing-loop = Anello a induzione per l’udito
choice-assistance-animal = Animale di assistenza
choice-companion = Una persona mi accompagna

## Scelte: taglie e vestibilità
choice-vendor = Proprio della marca
choice-shape-hourglass = A clessidra
choice-shape-athletic = Atletica
choice-shape-pear = A pera
choice-shape-petite = Minuta
choice-full-bust = Seno pieno
choice-straight---narrow = Dritta e sottile
choice-shape-apple = A mela
choice-cut-women = Donna
choice-cut-men = Uomo
choice-cut-unisex = Unisex
choice-cut-children = Bambini
choice-width-narrow = Stretta
choice-width-regular = Normale
choice-width-wide = Larga
choice-length-short = Corta
choice-length-regular = Normale
choice-length-long = Lunga
choice-sleeve-short = Corta
choice-sleeve-regular = Normale
choice-sleeve-long = Lunga
choice-finger-thumb = Pollice
choice-finger-index = Indice
choice-finger-middle = Medio
choice-finger-ring = Anulare
choice-finger-little = Mignolo
choice-hand-left = Sinistra
choice-hand-right = Destra
choice-fit-small = Troppo piccola
choice-fit-fit = Giusta
choice-fit-large = Troppo grande
choice-fit-close = Aderente
choice-fit-regular = Normale
choice-fit-relaxed = Comoda
choice-fit-oversized = Molto ampia
choice-garment-all = Tutto
choice-clothes = Abiti
choice-dress = Abito
choice-jacket = Giacca
choice-coat = Cappotto
choice-trousers = Pantaloni
choice-skirt = Gonna
choice-shirt = Camicia
choice-knitwear = Maglieria
choice-shoes = Scarpe
choice-gloves = Guanti
choice-swimwear = Costume da bagno

## Scelte: acquisti e desideri
choice-online = Online
choice-channel-event = A un evento
choice-channel-resale = Di seconda mano
choice-website = Sito web
choice-channel-app = App
choice-boutique-screen = Schermo in boutique
choice-too-small = Troppo piccolo
choice-too-large = Troppo grande
choice-not-as-expected = Diverso dalle attese
choice-reason-quality = Qualità
choice-changed-mind = Ho cambiato idea
choice-reason-gift = Era un regalo
choice-reason-late = Arrivato troppo tardi
choice-formal-affair = Occasione formale
choice-party = Festa
choice-rented-for-date = Uscita a due
choice-vacation = Vacanza

## Scelte: regole di contatto
choice-channel-phone = Telefono
choice-channel-sms = SMS
choice-channel-email = E-mail
choice-channel-post = Posta
choice-purpose-orders = I miei ordini
choice-purpose-advice = Consigli
choice-purpose-events = Eventi
choice-purpose-news = Novità
choice-automated-no = Solo una persona
choice-automated-drafts = Una macchina prepara, una persona invia
choice-automated-yes = Una macchina può inviare
choice-days-mon = Lunedì
choice-days-tue = Martedì
choice-days-wed = Mercoledì
choice-days-thu = Giovedì
choice-days-fri = Venerdì
choice-days-sat = Sabato
choice-days-sun = Domenica
choice-always-order-ready = Un ordine è pronto
choice-always-appointment = I miei appuntamenti
choice-always-delivery = Una consegna
choice-always-security = Sicurezza
choice-always-product-recall = Un richiamo
choice-not-mention-birthday = Compleanni
choice-not-mention-anniversary = Anniversari
choice-not-mention-wedding = Matrimoni
choice-not-mention-travel = Viaggi
choice-not-mention-sizes = Taglie
choice-not-mention-purchases = Acquisti
choice-not-mention-household = La mia famiglia

## Scelte: occasioni e viaggi
choice-engagement = Fidanzamento
choice-first-meeting = Primo incontro
choice-kind-company = Azienda
choice-kind-gala = Gala
choice-graduation = Laurea o diploma
choice-new-home = Casa nuova
choice-new-job = Nuovo lavoro
choice-kind-birth = Nascita
choice-kind-holiday = Festività
choice-kind-sport = Sport
choice-kind-performance = Spettacolo
choice-role-couple = Mi sposo
choice-role-family = Famiglia
choice-role-witness = Testimone
choice-role-guest = Invitata o invitato
choice-white-tie = Cravatta bianca
choice-black-tie = Cravatta nera
choice-dress-code-formal = Formale
choice-dress-code-cocktail = Da cocktail
choice-dress-code-smart = Elegante
choice-dress-code-casual = Informale
choice-dress-code-traditional = Tradizionale
choice-reason-holiday = Vacanza
choice-reason-beach = Mare
choice-reason-ski = Sci
choice-reason-city = Visita di una città
choice-reason-family = Famiglia

## Scelte: consegna
choice-place-home = A casa
choice-place-work = Al lavoro
choice-place-concierge = In portineria
choice-place-neighbour = Da un vicino
choice-pickup-point = In un punto di ritiro
choice-packaging-full = Completa
choice-packaging-minimal = Il meno possibile
choice-packaging-reusable = Riutilizzabile
choice-packaging-none = Nessuna

## Scelte: pareri
choice-visit = Visita
choice-about-advice = Consiglio
choice-recommendation = Raccomandazione
choice-about-delivery = Consegna
choice-about-item = Articolo
choice-about-service = Servizio

## Scelte: foto
choice-occasion-evening = Sera
choice-fitting = Prova
choice-recognition-by-advisor = Per farmi riconoscere dal consulente
choice-make-up = Trucco
choice-eyewear = Occhiali
choice-jewellery = Gioielli

## Scelte: gusti
choice-families-floral = Floreale
choice-families-woody = Legnosa
choice-families-citrus = Agrumata
choice-families-amber = Ambrata
choice-families-fougere = Fougère
choice-families-chypre = Chypre
choice-families-aquatic = Acquatica
choice-families-green = Verde
choice-families-fruity = Fruttata
choice-families-gourmand = Gourmand
choice-families-leather = Cuoiata
choice-families-spicy = Speziata
choice-intensity-light = Leggera
choice-intensity-moderate = Media
choice-intensity-strong = Forte

## Scelte: cura del pianeta
choice-avoid-fur = Pelliccia
choice-exotic-skin = Pelli esotiche
choice-avoid-down = Piuma
choice-animal-products = Prodotti di origine animale
choice-synthetics = Materiali sintetici
choice-air-freight = Trasporto aereo
choice-prefer-recycled = Riciclato
choice-prefer-organic = Biologico
choice-prefer-traceable = Tracciabile
choice-prefer-local = Locale
choice-prefer-certified = Certificato
choice-prefer-vintage = Vintage
choice-service-repair = Riparazione
choice-service-alteration = Modifiche
choice-service-care = Cura
choice-service-rental = Noleggio
choice-service-resale = Rivendita
choice-take-back = Ritiro dell’usato
choice-transport-fast = Veloce
choice-transport-slow = Lenta
choice-no-preference = Nessuna preferenza
