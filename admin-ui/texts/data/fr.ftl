# Comment s’appellent les champs des données et leurs choix, en français. Libellés courts ; les mots de la page de contact sont les mêmes ici.
# La relecture d’une personne dont c’est la langue maternelle est la bienvenue.

## Vous et votre nom
field-honorific = Civilité
field-given = Prénom
field-family = Nom de famille
field-written = Nom complet, tel qu’il s’écrit
field-name = Nom
field-address-as = Comment m’appeler
field-spoken-like = Se prononce
field-formal = Vouvoiement
field-date = Date
field-years = Âge, en années
field-stated-on = Indiqué le
field-gender = Genre
field-description = Avec mes propres mots
field-pronouns = Pronoms

## Moyens de vous joindre
field-address = Adresse e-mail
field-label = Type
field-number = Numéro de téléphone
field-service = Service
field-handle = Nom ou numéro sur ce service
field-languages = Langues, la préférée d’abord
field-language = Langue
field-need = Besoin
field-remark = Remarque

## Adresses
field-recipient = Destinataire
field-lines = Lignes
field-postcode = Code postal
field-city = Ville
field-region = Région
field-country = Pays
field-phone = Téléphone
field-instructions = Consignes
field-tax-number = Numéro fiscal

## Mesures et tailles
field-value = Mesure
field-unit = Unité
field-measured-on = Mesuré le
field-shape = Silhouette
field-system = Système de tailles
field-size = Taille
field-sizes = Tailles
field-band = Tour de dos
field-cup = Bonnet
field-cut = Modèle
field-width = Largeur
field-length = Longueur
field-height = Hauteur
field-sleeve = Longueur de manche
field-finger = Doigt
field-hand = Main
field-fit = Ajustement

## Pièces et achats
field-item = Pièce
field-id = Référence
field-brand = Marque
field-category = Type de pièce
field-colour = Couleur
field-bought-on = Acheté le
field-order = Numéro de commande
field-quantity = Nombre de pièces
field-amount = Montant
field-minor = Montant, en centimes
field-currency = Devise
field-up-to = Au plus
field-place = Lieu
field-gift = C’était un cadeau
field-returned-on = Rendu le
field-refund = Remboursement
field-reason = Motif
field-reviewed-on = Avis donné le
field-rented-for = Portée à quelle occasion
field-recommended = Je recommande

## Envies
field-seen-at = Vu le
field-seconds = Durée, en secondes
field-added-on = Ajouté le
field-share-as-gift-idea = Partager comme idée de cadeau

## Règles de contact
field-channels = Comment, et pourquoi
field-channel = Comment
field-purpose = Pourquoi
field-allowed = Permis
field-automated = Personne ou machine
field-quiet-hours = Moments de silence
field-days = Jours
field-from = Début
field-to = Fin
field-time-zone = Fuseau horaire
field-max-per-month = Messages par mois au plus
field-not-before = Me laisser tranquille jusqu’au
field-always = Toujours permis
field-not-mention = Ne pas mentionner
field-advisor = Personne qui conseille

## Occasions
field-occasion = Occasion
field-kind = Type
field-of = Anniversaire de
field-day = Jour
field-year = Année
field-with = Avec
field-mention = Peut être mentionné
field-role = Mon rôle
field-held-on = Aura lieu le
field-dress-code = Tenue demandée

## Lieux et voyages
field-stay = Hébergement
field-visited-at = Visitée le
field-boutique = Boutique
field-appointment = Sur rendez-vous

## Livraison
field-packaging = Emballage
field-discreet = Emballage discret
field-gift-wrap = Paquet cadeau
field-gift-message = Mot joint au cadeau

## Avis
field-given-on = Donné le
field-about = À propos de
field-subject = Plus précisément
field-rating = Note
field-note = Commentaire
field-wants-answer = Je souhaite une réponse
field-trustworthiness = Fiabilité
field-expertise = Savoir-faire
field-kindness = Gentillesse
field-empathy = Empathie
field-creativity = Créativité
field-uses-my-data-as-agreed = Utilise mes données comme convenu

## Foyer
field-call-them = Comment j’appelle l’enfant
field-garment = Vêtement
field-birth-year = Année de naissance
field-relation = Lien
field-surprise = C’est une surprise
field-species = Animal
field-collar = Collier
field-comes-along = Vient avec moi

## Photos
field-taken-on = Prise le
field-caption = Légende
field-media-type = Type de fichier
field-bytes = Taille, en octets
field-sha256 = Empreinte

## Goûts et soin de la planète
field-likes = Ce qui plaît
field-dislikes = Ce qui ne plaît pas
field-families = Familles olfactives
field-intensity = Intensité
field-notes = Notes
field-avoids = À éviter
field-avoid = À éviter
field-names = Créateurs et maisons
field-words = Mots
field-prefer = De préférence
field-transport = Transport

## Choix communs à plusieurs champs
choice-other = Autre
choice-work = Travail
choice-boutique = En boutique
choice-event = Événement
choice-message = Message
choice-wedding = Mariage
choice-everyday = Tous les jours
choice-travel = Voyage
choice-business = Affaires
choice-whatsapp = WhatsApp
choice-wechat = WeChat
choice-leather = Cuir
choice-hat = Chapeau

## Choix : vous et vos proches
choice-gender-woman = Femme
choice-gender-man = Homme
choice-self-described = Avec mes propres mots
choice-not-stated = Je préfère ne pas le dire
choice-gender-any = Sans préférence
choice-relation-partner = Partenaire
choice-relation-child = Enfant
choice-relation-parent = Mère ou père
choice-relation-sibling = Sœur ou frère
choice-relation-friend = Amie ou ami
choice-relation-colleague = Collègue
choice-relation-other = Une autre personne
choice-of-me = Moi
choice-of-partner = Partenaire
choice-of-child = Enfant
choice-of-parent = Mère ou père
choice-of-sibling = Sœur ou frère
choice-of-friend = Amie ou ami
choice-of-other = Une autre personne
choice-species-dog = Chien
choice-species-cat = Chat
choice-species-bird = Oiseau
choice-species-horse = Cheval

## Choix : moyens de vous joindre
choice-label-private = Personnel
choice-label-assistant = Assistante ou assistant
choice-label-mobile = Portable
choice-label-home = Domicile
choice-service-line = LINE
choice-kakaotalk = KakaoTalk
choice-service-telegram = Telegram
choice-service-signal = Signal
choice-step-free = Accès sans marches
choice-seating = Un siège
choice-quiet-room = Une pièce calme
choice-large-print = Grands caractères
choice-sign-language = Langue des signes
choice-hearing-loop = Boucle auditive
choice-assistance-animal = Animal d’assistance
choice-companion = Une personne m’accompagne

## Choix : tailles et ajustement
choice-vendor = Propre à la marque
choice-shape-hourglass = Sablier
choice-shape-athletic = Athlétique
choice-shape-pear = Poire
choice-shape-petite = Menue
choice-full-bust = Poitrine généreuse
choice-straight---narrow = Droite et fine
choice-shape-apple = Pomme
choice-cut-women = Femme
choice-cut-men = Homme
choice-cut-unisex = Unisexe
choice-cut-children = Enfant
choice-width-narrow = Étroite
choice-width-regular = Normale
choice-width-wide = Large
choice-length-short = Courte
choice-length-regular = Normale
choice-length-long = Longue
choice-sleeve-short = Courte
choice-sleeve-regular = Normale
choice-sleeve-long = Longue
choice-finger-thumb = Pouce
choice-finger-index = Index
choice-finger-middle = Majeur
choice-finger-ring = Annulaire
choice-finger-little = Auriculaire
choice-hand-left = Gauche
choice-hand-right = Droite
choice-fit-small = Trop petit
choice-fit-fit = Parfait
choice-fit-large = Trop grand
choice-fit-close = Près du corps
choice-fit-regular = Normal
choice-fit-relaxed = Ample
choice-fit-oversized = Très ample
choice-garment-all = Tout
choice-clothes = Vêtements
choice-dress = Robe
choice-jacket = Veste
choice-coat = Manteau
choice-trousers = Pantalon
choice-skirt = Jupe
choice-shirt = Chemise
choice-knitwear = Maille
choice-shoes = Chaussures
choice-gloves = Gants
choice-swimwear = Maillot de bain

## Choix : achats et envies
choice-online = En ligne
choice-channel-event = Lors d’un événement
choice-channel-resale = De seconde main
choice-website = Site web
choice-channel-app = Application
choice-boutique-screen = Écran en boutique
choice-too-small = Trop petit
choice-too-large = Trop grand
choice-not-as-expected = Différent de l’attente
choice-reason-quality = Qualité
choice-changed-mind = J’ai changé d’avis
choice-reason-gift = C’était un cadeau
choice-reason-late = Arrivé trop tard
choice-formal-affair = Grande occasion
choice-party = Fête
choice-rented-for-date = Sortie à deux
choice-vacation = Vacances

## Choix : règles de contact
choice-channel-phone = Téléphone
choice-channel-sms = SMS
choice-channel-email = E-mail
choice-channel-post = Courrier
choice-purpose-orders = Mes commandes
choice-purpose-advice = Conseils
choice-purpose-events = Événements
choice-purpose-news = Nouveautés
choice-automated-no = Une personne uniquement
choice-automated-drafts = Une machine rédige, une personne envoie
choice-automated-yes = Une machine peut envoyer
choice-days-mon = Lundi
choice-days-tue = Mardi
choice-days-wed = Mercredi
choice-days-thu = Jeudi
choice-days-fri = Vendredi
choice-days-sat = Samedi
choice-days-sun = Dimanche
choice-always-order-ready = Une commande est prête
choice-always-appointment = Mes rendez-vous
choice-always-delivery = Une livraison
choice-always-security = Sécurité
choice-always-product-recall = Un rappel de produit
choice-not-mention-birthday = Anniversaires
choice-not-mention-anniversary = Dates anniversaires
choice-not-mention-wedding = Mariages
choice-not-mention-travel = Voyages
choice-not-mention-sizes = Tailles
choice-not-mention-purchases = Achats
choice-not-mention-household = Mon foyer

## Choix : occasions et voyages
choice-engagement = Fiançailles
choice-first-meeting = Première rencontre
choice-kind-company = Entreprise
choice-kind-gala = Gala
choice-graduation = Remise de diplôme
choice-new-home = Nouveau logement
choice-new-job = Nouvel emploi
choice-kind-birth = Naissance
choice-kind-holiday = Fête
choice-kind-sport = Sport
choice-kind-performance = Spectacle
choice-role-couple = Je me marie
choice-role-family = Famille
choice-role-witness = Témoin
choice-role-guest = Invitée ou invité
choice-white-tie = Cravate blanche
choice-black-tie = Cravate noire
choice-dress-code-formal = Tenue habillée
choice-dress-code-cocktail = Tenue de cocktail
choice-dress-code-smart = Tenue de ville
choice-dress-code-casual = Tenue décontractée
choice-dress-code-traditional = Tenue traditionnelle
choice-reason-holiday = Vacances
choice-reason-beach = Plage
choice-reason-ski = Ski
choice-reason-city = Visite d’une ville
choice-reason-family = Famille

## Choix : livraison
choice-place-home = À domicile
choice-place-work = Au travail
choice-place-concierge = À la conciergerie
choice-place-neighbour = Chez un voisin
choice-pickup-point = En point relais
choice-packaging-full = Complet
choice-packaging-minimal = Le moins possible
choice-packaging-reusable = Réutilisable
choice-packaging-none = Aucun

## Choix : avis
choice-visit = Visite
choice-about-advice = Conseil
choice-recommendation = Recommandation
choice-about-delivery = Livraison
choice-about-item = Pièce
choice-about-service = Service

## Choix : photos
choice-occasion-evening = Soirée
choice-fitting = Essayage
choice-recognition-by-advisor = Pour que l’on me reconnaisse
choice-make-up = Maquillage
choice-eyewear = Lunettes
choice-jewellery = Bijoux

## Choix : goûts
choice-families-floral = Florale
choice-families-woody = Boisée
choice-families-citrus = Hespéridée
choice-families-amber = Ambrée
choice-families-fougere = Fougère
choice-families-chypre = Chyprée
choice-families-aquatic = Aquatique
choice-families-green = Verte
choice-families-fruity = Fruitée
choice-families-gourmand = Gourmande
choice-families-leather = Cuirée
choice-families-spicy = Épicée
choice-intensity-light = Légère
choice-intensity-moderate = Moyenne
choice-intensity-strong = Forte

## Choix : soin de la planète
choice-avoid-fur = Fourrure
choice-exotic-skin = Peaux exotiques
choice-avoid-down = Duvet
choice-animal-products = Tout produit animal
choice-synthetics = Matières synthétiques
choice-air-freight = Transport aérien
choice-prefer-recycled = Recyclé
choice-prefer-organic = Biologique
choice-prefer-traceable = Traçable
choice-prefer-local = Local
choice-prefer-certified = Certifié
choice-prefer-vintage = Vintage
choice-service-repair = Réparation
choice-service-alteration = Retouche
choice-service-care = Entretien
choice-service-rental = Location
choice-service-resale = Revente
choice-take-back = Reprise
choice-transport-fast = Rapide
choice-transport-slow = Lent
choice-no-preference = Sans préférence
