# Ce que disent les pages, en français. Deuxième personne, phrases courtes, un seul mot pour chaque chose :
# accès, marque, motif, jusqu’à, arrêter, pause, consultation, reçu.
# La relecture d’une personne dont c’est la langue maternelle est la bienvenue.

## Autour de chaque page
skip = Aller au contenu
demo-banner = Démonstration : ici, tout est inventé, les personnes aussi.
nav-label = Pages
nav-access = Qui peut voir
nav-data = Mes données
nav-reads = Toutes les consultations
nav-receipts = Reçus
nav-security = Sécurité
nav-help = Aide
languages = Langue
drafted = Une machine a rédigé ces textes. Personne ne les a encore relus.
sign-out = Se déconnecter
go-home = Voir qui peut voir mes données
go-back = Revenir
older = Afficher les plus anciens
list-comma = {", "}
yes = Oui
no = Non
optional-field = (peut rester vide)
one-a-line = Un élément par ligne.
row = Ligne { $number }

## Moments
until-over = jusqu’au { $date } (terminé)
until-hours = jusqu’au { $date }, dans { $hours ->
    [one] une heure
   *[other] { $hours } heures
}
until-days = jusqu’au { $date }, dans { $days ->
    [one] un jour
   *[other] { $days } jours
}
left-over = { $date } (terminé)
left-hours = { $date }, dans { $hours ->
    [one] une heure
   *[other] { $hours } heures
}
left-days = { $date }, dans { $days ->
    [one] un jour
   *[other] { $days } jours
}
ago-now = { $moment }, à l’instant
ago-minutes = { $moment }, il y a { $minutes ->
    [one] une minute
   *[other] { $minutes } minutes
}
ago-hours = { $moment }, il y a { $hours ->
    [one] une heure
   *[other] { $hours } heures
}
ago-days = { $moment }, il y a { $days ->
    [one] un jour
   *[other] { $days } jours
}

## Ce qui n’a pas fonctionné
fault-missing-title = Il n’y a rien ici
fault-missing = Cette adresse ne mène nulle part, ou ce qui s’y trouvait n’existe plus.
fault-foreign-title = Non envoyé
fault-foreign = Ce formulaire ne vient pas d’une page que vous avez ouverte en ce moment. Rouvrez la page et envoyez-le de là.
fault-entered-title = Veuillez vérifier
fault-nothing-changed = Rien n’a été modifié.
fault-unreachable-title = Le coffre est injoignable
fault-unreachable = Nous n’avons pas pu joindre le coffre. Tant que cela dure, personne ne peut y consulter vos données.
fault-outcome-unknown = Il n’est pas certain que votre dernière action ait été effectuée. Regardez de nouveau la page dans une minute.
fault-try-again = Rien n’a été modifié. Réessayez dans une minute.
fault-reference = Référence pour l’assistance : { $reference }
fault-refused-title = L’action n’a pas été effectuée
entered-unreadable = Le formulaire n’a pas pu être lu.
entered-token = Ce code personnel n’ouvre rien. Il a été mal saisi, ou il a pris fin.
entered-language = Cette langue n’existe pas ici.
entered-term = Choisissez pour combien de temps.
entered-answer = Choisissez l’une des réponses.
entered-nothing-left = Il ne resterait rien à partager. Pour ne rien partager, choisissez « Ne pas partager ».
entered-sure = Cochez la case pour confirmer votre choix.
reason-notice-changed = La marque a changé son texte depuis sa demande. Vous pouvez dire non ; pour un partage, elle doit redemander.
reason-purpose-changed = { reason-notice-changed }
reason-request-already-decided = Vous avez déjà répondu à cette demande.
reason-request-lapsed = Cette demande a expiré.
reason-request-withdrawn = La marque a retiré cette demande.
reason-request-closed = Cette demande est déjà close.
reason-request-countered = Vous avez déjà proposé moins. La marque n’a pas encore répondu.
reason-grant-revoked = Vous avez déjà arrêté cet accès.
reason-grant-expired = Cet accès a déjà pris fin.
reason-grant-exhausted = Toutes les consultations de cet accès sont épuisées.
reason-grant-superseded = Un autre accès a remplacé celui-ci. Voyez votre page d’accueil.
reason-grant-already-paused = Cet accès est déjà en pause.
reason-grant-not-paused = Cet accès n’est pas en pause.
reason-terms-not-narrower = Ce serait plus que ce qui a été demandé ou accordé. Vous ne pouvez choisir que moins.
reason-terms-unchanged = C’est identique à ce qui était en place.
reason-version-mismatch = Ceci a été modifié depuis que vous avez ouvert la page. Rouvrez-la.
reason-rate-limited = Vous l’avez fait trop souvent en peu de temps. Attendez une minute.
reason-permission-denied = Votre session ne le permet pas. Si vous avez une clé d’accès, connectez-vous avec elle.

## Connexion
sign-in-title = Vos données. Votre décision.
sign-in-lead = Ici, vous voyez qui peut voir vos données, pourquoi, et jusqu’à quand. Vous pouvez arrêter à tout moment.
sign-in-token-title = Se connecter avec un code personnel
sign-in-token-words = Le gestionnaire de ce coffre vous donne le code. Il n’est qu’à vous, et il prend fin de lui-même.
sign-in-token-label = Code personnel
sign-in-token-button = Se connecter
sign-in-promise = Ici, personne ne consulte vos données sans votre oui. Chaque consultation est consignée avant de recevoir une réponse.
demo-title = Essayer à la place de l’une de ces personnes
demo-words = Ceci est une démonstration. Choisissez une personne inventée ; aucun code n’est nécessaire.

## Accueil
home-title = Qui peut voir mes données
home-sees = { $count ->
    [0] Aucune marque ne peut voir vos données.
    [one] Une marque peut voir quelque chose.
   *[other] { $count } marques peuvent voir quelque chose.
}
home-asks = { $count ->
    [one] Une demande attend votre réponse.
   *[other] { $count } demandes attendent votre réponse.
}
home-last = Dernière consultation : { $moment }, { $brand }.
home-never = Personne n’a encore consulté vos données.
home-waiting = En attente de votre réponse
home-waiting-more = { $count ->
    [one] Une autre attend ensuite.
   *[other] { $count } autres attendent ensuite.
}
home-open = Vos accès
home-nobody = Personne ne peut voir vos données. Rien n’est partagé tant que vous n’avez pas dit oui.
home-past = Accès terminés
past-title = Accès terminés
past-none = Aucun accès n’a encore pris fin.
past-used = { $count ->
    [0] Il n’a jamais été utilisé.
    [one] Il a été utilisé une fois.
   *[other] Il a été utilisé { $count } fois.
}
request-asks = Demande : { $data }
request-lapses = Répondez { $until }. Sans réponse, rien de nouveau n’est partagé.
request-open = Lire ce que demande { $brand }
card-data = Données
card-reason = Motif
card-until = Fin
card-read = Consultations
card-reads = { $count ->
    [one] une, le { $moment }
   *[other] { $count }, la dernière le { $moment }
}
card-unread = Aucune consultation pour le moment.
and-more = { $list } et { $count ->
    [one] une autre
   *[other] { $count } autres
}
stop = Arrêter l’accès
of-brand = pour { $brand }
details = Voir les détails
details-resume = Voir les détails ou rétablir
pause-all = Tout mettre en pause
pause-all-title = Mettre tous les accès en pause ?
pause-all-words = Tous les accès actifs sont mis en pause jusqu’à ce que vous les repreniez. Chacun se reprend sur sa page.
stop-all = Arrêter tous les accès
stop-all-title = Arrêter tous les accès définitivement ?
stop-all-words = Tous les accès prennent fin aussitôt. Les marques peuvent demander de nouveau, et vous décidez de nouveau.
keep-as-it-is = Ne rien changer

## Ce qui en est résulté
done-approved = Vous partagez désormais ces données. Voici votre reçu.
done-countered = Vous avez proposé moins. Rien de nouveau n’est partagé avant l’accord de la marque. Voici votre reçu.
done-declined = Vous avez dit non. Rien de nouveau n’est partagé. La marque n’apprend pas pourquoi.
done-stopped = L’accès est arrêté. Plus personne ne consulte vos données par cet accès.
done-paused = L’accès est en pause. Personne ne consulte plus rien par lui.
done-resumed = L’accès est rétabli.
done-narrowed = Vous partagez moins à partir de maintenant.
done-stopped-all = Tous les accès sont arrêtés.
done-paused-all = Tous les accès actifs sont en pause.
done-added = C’est maintenant dans votre coffre, chiffré.
done-corrected = C’est corrigé.
done-deleted = C’est effacé.
done-ended = Cette session est terminée.
done-language = La langue est changée.
done-unchanged = Rien n’a été modifié : vous avez choisi ce qui était déjà en place.
done-erased = Tout est effacé. Votre clé est détruite, et plus rien de ce qui est à vous ne s’ouvre.

## Une demande
request-title = { $brand } vous adresse une demande
request-why = Pourquoi
request-text = Texte { $version }, { $language }. Votre réponse est liée à ce texte exact.
request-no-notice = Le texte de la marque ne peut pas être affiché pour cette demande. Ne partagez rien tant qu’il manque.
request-needed = Ce qui est nécessaire
request-optional = Ce qui est facultatif
request-optional-words = Rien n’est coché. Cochez ce que vous voulez partager en plus.
request-what = Quelles données
request-rules = Comment elles peuvent être utilisées
request-how-long = Pour combien de temps ?
request-stop-title = Comment arrêter
request-stop = Vous pouvez arrêter à tout moment sur votre page d’accueil, en deux étapes. { $brand } ne peut alors plus rien consulter.
request-approved = Vous avez dit oui à { $brand }.
request-declined = Vous avez dit non à { $brand }. Rien de nouveau n’est partagé.
request-countered = Vous avez proposé moins à { $brand }. Rien de nouveau n’est partagé avant son accord.
request-withdrawn = { $brand } a retiré cette demande. Rien de nouveau n’est partagé.
request-rejected = { $brand } n’a pas voulu moins. Rien de nouveau n’est partagé.
request-lapsed = Cette demande a expiré. Rien de nouveau n’est partagé.
request-offered = Ce que vous avez proposé
share = Partager ceci
do-not-share = Ne pas partager
offer-less = Proposer moins
decide-later = Décider plus tard
ask-a-question = Poser une question
preview = Vos données en ce moment
preview-none = Votre coffre ne contient rien de tel.
preview-masked = Cela ne sort de votre coffre que sous une forme moins précise.
term-once = Une fois, une seule consultation
term-days = { $days ->
    [one] Un jour
   *[other] { $days } jours
}
term-asked = Toute la durée demandée
less-title = Proposer moins
less-lead = Choisissez ce que vous proposez à la place. S’il faut davantage à { $brand }, rien de nouveau n’est partagé.
offer-this = Proposer ceci
item-needed = (nécessaire)
item-none = Pas du tout
narrow-title = Partager moins
narrow-lead = Choisissez ce qui reste visible pour { $brand }. Le changement prend effet aussitôt.
share-less = Partager moins

## Les conditions en mots
view-raw = en l’état
view-masked = sous une forme moins précise
view-answer = seulement une conclusion
terms-mode = Ce que la marque peut faire
mode-view = Consulter, sans rien garder
mode-store = Consulter, et garder un certain temps
mode-query = Poser des questions ; seules des réponses sortent de votre coffre
mode-stream = Recevoir les nouvelles données à mesure qu’elles arrivent
terms-often = À quelle fréquence
often-once = Une fois
often-uses = { $count ->
    [one] une consultation en tout
   *[other] { $count } consultations en tout
}
often-hour = { $count ->
    [one] au plus une fois par heure
   *[other] au plus { $count } fois par heure
}
often-day = { $count ->
    [one] au plus une fois par jour
   *[other] au plus { $count } fois par jour
}
often-month = { $count ->
    [one] au plus une fois par mois
   *[other] au plus { $count } fois par mois
}
often-free = Aussi souvent que la marque en a besoin
terms-range = De quelle période
range-months = { $count ->
    [one] le dernier mois
   *[other] les { $count } derniers mois
}
range-between = du { $from } au { $to }
range-from = depuis le { $from }
range-to = avant le { $to }
range-all = toute la période
terms-from = Début
terms-until = Fin
terms-kept = Combien de temps la marque garde les données
kept-not = La marque ne garde rien
kept-days = { $days ->
    [one] un jour, puis elle les efface
   *[other] { $days } jours, puis elle les efface
}
terms-onward = Qui d’autre les reçoit
onward-nobody = Personne
terms-predictions = Prédictions à votre sujet
predictions-no = Non
predictions-yes = Oui, elles peuvent en être tirées
terms-contact = Qui vous écrit
contact-none = Une personne uniquement
contact-drafts = Une machine rédige, une personne envoie
contact-yes = Une machine peut envoyer

## Accès
grant-active = L’accès est ouvert.
grant-paused = L’accès est en pause.
grant-revoked = Vous avez arrêté cet accès.
grant-expired = Cet accès a pris fin de lui-même.
grant-exhausted = Toutes les consultations sont épuisées.
grant-superseded = Un autre accès a pris sa place.
grant-suspended = L’accès est suspendu. La marque a changé son texte, ou elle est elle-même suspendue.
pause = Mettre en pause
pause-for = Durée de la pause
pause-open = jusqu’à ce que je rétablisse l’accès
resume = Rétablir l’accès
keep = Maintenir l’accès
access-what = Ce que la marque peut voir
access-promise = { $brand } a entre les mains ce qui est sorti de votre coffre. La marque a promis par écrit de respecter ces règles.
access-reads = { $count ->
    [0] Consultations
    [one] Une consultation
   *[other] { $count } consultations
}
access-all-reads = Toutes les consultations de cette marque
access-before = L’accès tel qu’il était avant
stop-title = Arrêter l’accès pour { $brand } ?
stop-words = { $brand } ne peut alors plus rien consulter : { $data }.
stop-kept-not = { $brand } ne garde rien de ce qui a été vu.
stop-kept = { $brand } doit effacer ce qui a été gardé, dans un délai { $days ->
    [one] d’un jour
   *[other] de { $days } jours
}.

## Mes données
data-title = Mes données
data-lead = Voici tout ce que votre coffre contient sur vous. Tout est chiffré avec une clé qui n’est qu’à vous.
data-add = Ajouter quelque chose
data-none = Votre coffre est vide. Ajoutez ce que vous voulez que l’on sache de vous.
data-seen-by = Visible par { $brands }
data-source = Provenance
source-import = Importation
source-customer = Votre saisie
data-who = Qui peut voir cette donnée
data-nobody = Personne
data-correct = Corriger
data-delete = Effacer
data-save = Enregistrer
data-back = Revenir à mes données
data-not-saved = Rien n’a été enregistré. Ce que vous avez saisi est toujours là.
data-sensitive = Cette donnée est sensible. Ne la partagez que là où il le faut.
add-title = Ajouter quelque chose
add-lead = Choisissez ce que c’est. Personne ne le voit tant que vous n’avez pas dit oui à une marque.
delete-title = Effacer « { $title } » ?
delete-words = L’effacement est définitif, avec toutes les versions antérieures. Il ne change rien à ce que les marques ont déjà.
family-identity = À propos de vous
family-contact = Comment vous joindre
family-address = Adresses
family-body = Mesures et tailles
family-style = Goûts
family-purchase = Achats
family-browsing = Envies
family-occasion = Occasions
family-location = Lieux et voyages
family-delivery = Livraison
family-sustainability = Soin de la planète
family-rules = Règles de contact
family-feedback = Avis
family-household = Foyer
family-photo = Photos

## Toutes les consultations
reads-title = Toutes les consultations
reads-lead = Chaque fois que quelqu’un a demandé vos données, avec le motif indiqué. Les consultations refusées y figurent aussi.
reads-result = Résultat
reads-brand = Marque
reads-every-brand = Toutes les marques
reads-filter = Afficher
reads-all = Accordées et refusées
reads-shown = Accordées
reads-refused = Refusées
reads-none = Personne n’a encore consulté vos données.
reads-none-here = Aucune sur cette page.
reads-when = Quand
reads-who = Qui
reads-data = Données
reads-reason = Motif indiqué
reads-access = Voir cet accès
reads-unknown = Vous ne reconnaissez pas une consultation ?
read-shown = Accordée
read-refused = Refusée
refused-grant-revoked = Refusée : vous aviez arrêté l’accès
refused-grant-paused = Refusée : vous aviez mis l’accès en pause
refused-grant-expired = Refusée : l’accès avait pris fin
refused-grant-exhausted = Refusée : toutes les consultations étaient épuisées
refused-frequency-exceeded = Refusée : trop souvent
refused-no-access = Refusée : aucun accès
refused-attribute-not-granted = Refusée : donnée non partagée
refused-view-not-granted = Refusée : plus que ce qui est partagé
refused-grant-not-yet-valid = Refusée : trop tôt
refused-grant-suspended = Refusée : l’accès était suspendu

## Reçus
receipts-title = Reçus
receipts-lead = Chaque décision donne un reçu, chaque non aussi. Il est signé, et personne ne peut le modifier ensuite.
receipts-none = Vous n’avez encore rien décidé.
receipt-title = Reçu
receipt-decision = Décision
receipt-brand = Marque
receipt-when = Quand
receipt-text = Texte que vous avez vu
receipt-text-words = Texte { $version }, { $language }, avec cette empreinte :
receipt-proof = Preuve
receipt-valid = Il est tel qu’il a été écrit : vérifié à l’instant.
receipt-invalid = Il ne correspond pas à ce qui a été écrit. Merci de prévenir l’assistance.
receipt-waiting = Il est en route vers le journal public. Regardez de nouveau dans quelques secondes.
receipt-logged = Il est dans le journal public, que personne ne peut modifier.
receipt-download = Télécharger le reçu
receipt-download-proof = Télécharger la preuve
receipt-check = Chacun peut vérifier les deux sans nous :
decision-approve = Oui
decision-counter = Oui, pour moins
decision-decline = Non
decision-pause = Mise en pause
decision-resume = Rétablissement
decision-revoke = Arrêt
decision-amend = Partage réduit

## Exporter et effacer
export-title = Exporter mes données
export-lead = Emportez tout ce que contient votre coffre, dans un fichier que d’autres programmes lisent.
export-json = Exporter en JSON
export-csv = Exporter en tableau
export-words = Les photos sont nommées dans le fichier et se téléchargent une par une. L’exportation est consignée dans votre journal.
erase-title = Tout effacer
erase-lead = Votre clé est détruite. Plus rien dans votre coffre ne peut être ouvert, par qui que ce soit.
erase-data = Toutes vos données disparaissent, avec toutes les versions antérieures.
erase-access = Tous les accès prennent fin aussitôt.
erase-log = Le journal garde le fait que quelque chose a été écrit, mais non ce que c’était.
erase-brands = Ce que les marques ont gardé reste chez elles jusqu’à la fin du délai. Vous voyez plus bas quand elles doivent l’effacer.
erase-final = Cela ne peut pas être annulé.
erase-export-first = Exporter d’abord mes données
erase-sure = Oui, tout effacer. Je sais que cela ne peut pas être annulé.
erase-button = Tout effacer

## Sécurité
security-title = Sécurité
security-lead = Voyez où vous êtes connecté. Mettez fin à ce que vous ne connaissez pas.
security-sessions = Vos sessions ouvertes
security-began = Début
security-ends = Fin
security-this = C’est la session que vous utilisez en ce moment.
security-end = Terminer
security-more = Votre coffre

## Aide
help-title = Aide
help-who = Qui peut voir mes données ?
help-who-answer = Seulement les marques à qui vous avez dit oui, pour ce que vous avez accepté, jusqu’au jour choisi. Votre page d’accueil les nomme toutes.
help-stop = Comment arrêter l’accès ?
help-stop-answer = Choisissez « Arrêter l’accès » sur votre page d’accueil, puis encore sur la suivante. Dès lors, chaque consultation est refusée.
help-refused = Pourquoi une consultation refusée figure-t-elle dans ma liste ?
help-refused-answer = Une marque a demandé quelque chose que vous ne partagez pas, ou plus. Elle n’a rien obtenu.
help-unknown = Je ne reconnais pas une consultation. Que faire ?
help-unknown-answer = Arrêtez d’abord l’accès. Écrivez ensuite à la marque et au gestionnaire de ce coffre, avec le jour et l’heure de la consultation.
help-receipt = À quoi sert un reçu ?
help-receipt-answer = Il prouve ce que vous avez décidé, et sur quel texte. Chacun peut le vérifier sans nous le demander.
help-complain = Comment faire une réclamation ?
help-complain-answer = Près de chaque consultation, accès et reçu, choisissez « Quelque chose ne va pas ? ». Le rapport obtenu s’adresse à l’autorité de votre pays.

## Règles de contact
nav-contact = Me contacter
done-rules = Vos règles de contact sont enregistrées.
entered-zone = Ce fuseau horaire n’existe pas. Écrivez-le comme Europe/Paris.
entered-quiet = Un moment de silence a des jours, un début et une fin.
entered-most = Écrivez un nombre de 0 à 60.
rules-title = Me contacter
rules-lead = Les marques lisent ces règles là où vous les partagez. Ce qui n’est pas coché n’est pas permis.
rules-none = Vous n’avez pas encore de règles. Cochez comment les marques peuvent vous joindre ; rien d’autre n’est permis.
rules-ways = Comment, et pourquoi
rules-who = Personne ou machine
rules-when = Quand ne pas me contacter
rules-quiet = Moment de silence { $number }
rules-from = de
rules-to = à
rules-zone = Fuseau horaire
rules-most = Messages par mois au plus
rules-not-before = Me laisser tranquille jusqu’au
rules-always = Toujours permis
rules-unmentioned = Ne pas mentionner
way-boutique = En boutique
way-phone = Téléphone
way-whatsapp = WhatsApp
way-wechat = WeChat
way-sms = SMS
way-email = E-mail
way-post = Courrier
way-for-orders = Mes commandes
way-for-advice = Conseils
way-for-events = Événements
way-for-news = Nouveautés
day-mon = Lundi
day-tue = Mardi
day-wed = Mercredi
day-thu = Jeudi
day-fri = Vendredi
day-sat = Samedi
day-sun = Dimanche
always-order-ready = Une commande est prête
always-appointment = Mes rendez-vous
always-delivery = Une livraison
always-security = Sécurité
always-product-recall = Un rappel de produit
unmentioned-birthday = Anniversaires
unmentioned-anniversary = Dates anniversaires
unmentioned-wedding = Mariages
unmentioned-travel = Voyages
unmentioned-sizes = Tailles
unmentioned-purchases = Achats
unmentioned-household = Mon foyer

## Importer
bring-title = Importer un fichier
bring-lead = Apportez ce que vous avez ailleurs. Personne ne le voit avant votre accord.
bring-file = Fichier, 5 Mo au plus
bring-button = L’importer
bring-words = Il lit ce qu’écrit « Exporter mes données », et les tableaux avec les colonnes attribute et value. Chaque ligne est une donnée :
bring-again = Importer un autre fichier
bring-unknown = Le coffre ne connaît pas ce type de donnée.
bring-photo = Une photo ne fait pas partie d’un fichier de données.
bring-not-text = Ce n’est pas un fichier texte en UTF-8.
bring-not-json = Ce n’est pas du JSON.
bring-no-fields = Il faut un attribute et une value.
bring-no-columns = Le tableau doit avoir les colonnes attribute et value.
bring-not-table = Cette ligne du tableau est illisible.
entered-file-size = Le fichier dépasse 5 Mo.
entered-no-file = Choisissez un fichier.
bring-taken = { $count ->
    [0] Rien n’a été importé.
    [one] Une ligne est maintenant dans votre coffre.
   *[other] { $count } lignes sont maintenant dans votre coffre.
}
bring-double = { $count ->
    [one] Une ligne y était déjà.
   *[other] { $count } lignes y étaient déjà.
}
bring-refused = { $count ->
    [one] Une ligne n’a pas été importée
   *[other] { $count } lignes n’ont pas été importées
}
bring-more = Et { $count } autres.

## Passkeys
passkey-sign-in-title = Se connecter avec une clé d’accès
passkey-sign-in-words = Votre téléphone ou ordinateur vous reconnaît au visage, au doigt ou par code PIN. Vous ne tapez rien.
passkey-sign-in-button = Utiliser une clé d’accès
passkey-no-script = Les clés d’accès ont besoin de JavaScript dans votre navigateur. Sans lui, connectez-vous avec un code d’accès.
passkey-no-support = Ce navigateur ne connaît pas les clés d’accès. Utilisez-en un plus récent, ou un code d’accès.
passkey-failed = Cela n’a pas marché, et rien n’a changé. Réessayez quand vous voulez.
passkey-known = Cet appareil a déjà une clé d’accès pour ce coffre. Utilisez un autre appareil.
enrol-link = J’ai une invitation
recover-link = J’ai perdu mes clés d’accès
enrol-title = Créez votre clé d’accès
enrol-lead = Une clé d’accès ouvre votre coffre. Elle reste sur votre appareil, et personne ne peut la copier d’ici.
enrol-code = Votre code
enrol-button = Créer une clé d’accès
enrol-how = Le code est venu avec votre invitation. Il sert une fois, pendant 14 jours.
enrol-back = Retour à la connexion
enrol-done = Votre clé d’accès est créée et vous êtes connecté.
recovery-title = Votre chemin de retour
recovery-code = Code de secours
recovery-keep = Imprimez-le ou notez-le maintenant : il n’est montré qu’une fois. C’est le seul retour si vous perdez toutes vos clés.
recovery-made = Voici votre nouveau code de secours. Le précédent ne sert plus.
recovery-kept = Je l’ai sur papier
recovery-since = Vous avez un code de secours depuis le { $moment }.
recovery-none = Vous n’avez pas de code de secours. Sans aucune clé d’accès, vous ne pouvez pas revenir.
recovery-new = Créer un nouveau code de secours
passkey-second-title = Ajoutez une deuxième clé d’accès
passkey-second-words = Avec deux appareils, en perdre un n’est pas grave.
passkey-go-on = Continuer sans
passkey-add = Ajouter une clé d’accès
passkeys-title = Vos clés d’accès
passkeys-none = Vous n’avez pas encore de clé d’accès.
passkeys-few = Vous avez une clé d’accès. Ajoutez-en une deuxième, sur un autre appareil.
passkey-number = Clé d’accès { $number }
passkey-added = Ajoutée
passkey-used = Dernière utilisation
passkey-never-used = pas encore
passkey-remove = Retirer la clé d’accès
passkey-keep = Garder la clé d’accès
passkey-remove-title = Retirer cette clé d’accès ?
passkey-remove-words = La clé d’accès { $number } n’ouvrira plus votre coffre. Retirez-la aussi de votre appareil.
passkey-remove-last = C’est la dernière. Ensuite, seul votre code de secours vous fait entrer.
passkey-remove-one-left = Il ne restera qu’une clé d’accès. Si vous la perdez, il faut votre code de secours.
recover-title = Revenir sans clé d’accès
recover-lead = Tapez le code de secours que vous avez noté. Il sert jusqu’à ce que vous ayez créé une nouvelle clé d’accès.
recover-button = Continuer
recover-without = Si vous n’avez pas non plus de code de secours, demandez à qui gère ce coffre.
done-passkey-added = La clé d’accès est ajoutée.
done-passkey-removed = La clé d’accès est retirée. Elle n’ouvre plus rien.
reason-passkey-refused = Cette clé d’accès n’ouvre rien ici. Réessayez, ou utilisez-en une autre.
reason-passkey-not-stored = Cet appareil ne peut pas garder une telle clé d’accès. Utilisez-en un autre.
reason-passkey-taken = Cette clé d’accès est déjà connue.
reason-ceremony-ended = Cela a pris plus de cinq minutes, ou était déjà fait. Recommencez.
reason-invitation-invalid = Ce code n’est pas valable, a servi, ou a pris fin. Demandez-en un nouveau.
reason-recovery-code-invalid = Ce code de secours n’est pas valable, ou a déjà servi.
reason-last-passkey = C’est votre dernière clé d’accès, sans code de secours. Créez d’abord l’un des deux.
reason-too-many-passkeys = Vous avez 20 clés d’accès. Retirez-en une d’abord.
reason-passkeys-unavailable = Les clés d’accès ne marchent pas à cette adresse. Utilisez un code d’accès.

## Autres mots
fault-slow = Le coffre n’a pas répondu à temps.
fault-later = Réessayez dans une minute.
kept-end = Jusqu’à la fin de l’accès, puis effacement
stop-kept-end = { $brand } doit effacer ce qui a été conservé à la fin de l’accès.
paused-ends = La pause dure { $until }.
request-asked = Ce qui était demandé
request-standing = Vous partagez déjà quelque chose à ce titre. Un non n’y change rien ; un oui le remplace.
requests-title = Demandes
requests-none = Aucune demande n’attend.
requests-countered = En attente de la marque
entered-exists = Il y en a déjà une. Ouvrez-la sur la page de vos données et corrigez-la.
sign-in-token-once = Se déconnecter y met fin aussi.
decision-accept-counter = Accord pour moins
decision-suspend = Retenu
decision-reinstate = Rétabli
yes-signed = Vous confirmez un oui avec votre clé d’accès. Elle signe ce texte et vos choix, et rien d’autre.
yes-no-script = Un oui demande votre clé d’accès, et les clés d’accès ont besoin de JavaScript. Sans lui, vous pouvez dire non, suspendre ou arrêter.
yes-no-support = Ce navigateur ne connaît pas les clés d’accès, et un oui demande la vôtre. Sans elle, vous pouvez dire non, suspendre ou arrêter.
yes-failed = Vous n’avez pas confirmé avec votre clé d’accès : rien n’a été partagé ni modifié. Réessayez, ou dites non.
reason-step-up-required = Un oui demande votre clé d’accès. Dire non, suspendre et arrêter n’en demandent pas. Si vous n’en avez plus, créez-en une sous Sécurité.
reason-signed-something-else = Votre clé d’accès a signé autre chose que ce qui est affiché maintenant. Relisez, puis décidez de nouveau.
reason-recovery-code-already-made = Ce code de secours a déjà été créé, et il n’est montré qu’une fois. Créez-en un nouveau si vous ne l’avez pas gardé.
enrol-signed-in-title = Votre session est ouverte
enrol-signed-in = Déconnectez-vous d’abord, puis ouvrez de nouveau le lien. Il peut mener à un autre coffre que le vôtre.
enrol-reentry = Après un code de secours, la clé d’accès ouvre le coffre que vous aviez. N’utilisez qu’un code qui est le vôtre.
security-issued = Le gestionnaire de ce coffre a créé celle-ci. Elle ne voit aucune donnée et ne décide de rien.
security-support = Vous êtes entré avec un code personnel. Connectez-vous avec votre clé d’accès pour voir vos données et décider.
receipt-signed = Vous l’avez confirmé avec votre clé d’accès. Le reçu contient la signature.

## Avis
nav-notices = Avis
nav-notices-new = Avis ({ $count } nouveaux)
notices-title = Avis
notices-unseen = { $count ->
    [0] Rien de nouveau.
    [one] Un avis est nouveau depuis votre dernière visite.
   *[other] { $count } avis sont nouveaux depuis votre dernière visite.
}
notices-none = Il ne s’est encore rien passé. Vous le lirez ici.
notices-see = J’ai vu ces avis
notice-new = Nouveau
notice-some-brand = Une marque
notice-request-waiting = { $brand } demande à voir vos données.
notice-request-reminder = { $brand } attend toujours. Sans réponse, sa demande prend fin dans trois jours.
notice-access-given = Vous avez donné un accès à { $brand }.
notice-access-changed = Vous partagez moins avec { $brand }.
notice-access-on = L’accès de { $brand } est rétabli.
notice-access-paused = Vous avez suspendu l’accès de { $brand }.
notice-access-held = L’accès de { $brand } est retenu.
notice-access-stopped = Vous avez arrêté l’accès de { $brand }.
notice-access-ended = L’accès de { $brand } a pris fin de lui-même.
notice-access-ends = L’accès de { $brand } prend fin dans { $days } jours. Sans rien faire, il s’arrête.
notice-still-sharing = Vous partagez toujours des données. Voyez qui les voit, pourquoi et jusqu’à quand.
notice-first-read = { $brand } a consulté vos données pour la première fois.
notice-read-refused = { $brand } a demandé une consultation, qui a été refusée.
notice-support = Le gestionnaire de ce coffre a agi sur votre compte.
notice-support-token = Le gestionnaire de ce coffre a émis un code personnel.
notice-support-customer-invited = Le gestionnaire de ce coffre vous propose de créer une clé d’accès.
notice-support-identifier-added = Le gestionnaire de ce coffre a ajouté un moyen de vous trouver pour les marques.
notice-support-identifier-removed = Le gestionnaire de ce coffre a retiré un moyen de vous trouver pour les marques.
notice-passkey-added = Une clé d’accès a été ajoutée.
notice-passkey-removed = Une clé d’accès a été retirée.
notice-recovery-code = Votre code de secours a été utilisé ou remplacé.
notice-export-made = Vos données ont été exportées.
notice-complaint-filed = Vous avez déposé une réclamation.
notice-complaint-closed = L’une de vos réclamations est close.
notice-unknown = Il s’est passé quelque chose dans votre coffre.
done-seen = Vous avez tout vu.
done-told = C’est enregistré. Les avis vous parviendront ainsi.
notices-settings-title = Ce que je reçois
notices-settings-lead = Chaque avis s’affiche ici aussitôt. Choisissez ce qui vous parvient aussi par e-mail.
notices-settings-mail = Un e-mail dit seulement qu’il y a du nouveau. Il ne nomme ni marque ni donnée.
notices-mail-demo = Ceci est une démonstration : aucun e-mail n’est envoyé.
notices-mail-none = Ce coffre n’envoie pas d’e-mail. Tous les avis sont ici.
notices-mail-address = Votre coffre ne contient pas d’adresse e-mail : rien n’est envoyé.
notices-mail-language = Langue des e-mails
notices-mail-language-own = La langue de mon compte
notices-settings-must = Les reçus et le rappel des 90 jours doivent vous parvenir. Ce qui touche à votre connexion ne peut pas attendre.
topic-requests = Une marque demande quelque chose
topic-receipts = Accès donné, modifié, suspendu, arrêté ou terminé
topic-ending = Accès qui prend fin dans 14 et dans 3 jours
topic-sharing = Ce que je partage encore, tous les 90 jours
topic-reads = Premières consultations et consultations refusées
topic-security = Clés d’accès, codes de secours et assistance
topic-vault = Exports et réclamations
mail-at-once = Aussitôt
mail-daily = Une fois par jour, à 8 h
mail-off = Pas d’e-mail
mail-subject = Du nouveau dans votre coffre
mail-new = Il y a du nouveau dans votre coffre.
mail-look = À voir ici :
mail-change = Changer ce que vous recevez :
mail-why = Cet e-mail ne nomme rien ni personne : c’est voulu.

## Serait-ce bloqué ?
check-title = Serait-ce bloqué ?
check-lead = Essayez ce qu’une marque pourrait faire selon vos règles. Rien n’est envoyé, aucune marque n’est prévenue.
check-no-brands = Aucune marque ne vous a encore rien demandé.
check-brand = Quelle marque
check-channel = Comment
check-purpose = Pour quoi
check-occasion = De quoi il s’agit
check-occasion-none = Autre chose
check-author = Qui écrit
check-person = Une personne
check-draft = Une machine rédige, une personne envoie
check-machine = Une machine
check-day = Jour
check-time = Heure
check-made = Messages de cette marque auparavant, le même mois
check-button = Essayer
check-again = Essayer autre chose
check-allowed = Un message de { $brand } passerait.
check-because-way = Vous permettez { $way } pour : { $purpose }.
check-because-always = Ceci est toujours permis : { $what }.
check-blocked = Un message de { $brand } serait bloqué, parce que :
block-no-access = { $brand } n’a pas d’accès à vos données à ce moment.
block-no-rules = Vous n’avez pas encore de règles de contact : rien n’est permis.
block-unreadable = Vos règles de contact sont illisibles : rien n’est permis. Enregistrez-les de nouveau.
block-way = Vous ne permettez pas ceci : { $way }, { $purpose }.
block-person-only = Seule une personne peut vous contacter.
block-person-sends = Une personne doit l’envoyer.
block-left-alone = Vous voulez être tranquille jusqu’au { $date }.
block-quiet = C’est une heure calme, jusqu’à { $until }.
block-month = { $count ->
    [0] Vous ne permettez aucun message.
    [one] Vous permettez un message par mois, et il a été envoyé.
   *[other] Vous permettez { $count } messages par mois, et ils ont été envoyés.
}
entered-brand = Choisissez une marque.
entered-when = Indiquez un jour et une heure.
entered-made = Indiquez un nombre à partir de 0.

## Réclamations
complaints-title = Réclamations
complaints-lead = Vos réclamations et leurs suites. Chacune est inscrite dans votre journal.
complaints-none = Vous n’avez pas de réclamation. Le lien se trouve près de chaque consultation, accès et reçu.
complaint-link = Quelque chose ne va pas ?
complaint-title = Quelque chose ne va pas ?
complaint-about = Objet
complaint-what = De quoi s’agit-il ?
complaint-not-recognised = Je ne reconnais pas ceci
complaint-not-recognised-words = Vous ne savez pas qui a consulté, ou pourquoi.
complaint-deletion = Demander la suppression
complaint-deletion-words = Vous voulez que la marque supprime ce qu’elle a reçu.
complaint-report = Le signaler
complaint-report-words = Vous pensez qu’une règle n’a pas été respectée.
complaint-text = Vos mots
complaint-share = Le gestionnaire de ce coffre peut lire cette réclamation.
complaint-sealed = Vos mots sont chiffrés avec votre clé. Sans cette coche, le gestionnaire voit seulement le genre et l’heure.
complaint-file = Déposer
complaint-open = Ouverte. Personne n’a encore répondu.
complaint-taken-back = Vous l’avez retirée.
complaint-answered = Répondue
complaint-filed = Déposée
complaint-shared = Le gestionnaire de ce coffre peut lire ceci.
complaint-unshared = Personne d’autre ne peut lire ceci.
complaint-answer = Réponse
complaint-authority = Aller plus loin
complaint-authority-words = Ce rapport s’adresse à l’autorité de protection des données de votre pays. L’entrée du journal et sa preuve sont dans le fichier.
complaint-download = Télécharger le rapport
complaint-take-back = La retirer
complaint-take-back-words = Elle est alors close. Le journal garde la trace du dépôt.
done-complained = Votre réclamation est déposée et inscrite dans votre journal.
done-taken-back = Vous l’avez retirée. Elle est close.
entered-complaint = Votre texte est trop long. Écrivez 2000 lettres au plus.
reason-too-many-complaints = Cent réclamations sont ouvertes. Retirez-en une d’abord.
reason-complaint-closed = Cette réclamation est déjà close.
report-title = Réclamation sur l’usage de mes données personnelles
report-to = À l’autorité de protection des données de
report-from = Mon nom
report-reach = Comment me joindre
report-attached = Ci-dessous : les entrées du journal, chacune avec son empreinte, et leurs preuves.
report-check = Chacun peut vérifier reçus et preuves avec : coffret verify receipt

## Ce que les marques doivent effacer
deletions-title = Ce que les marques doivent effacer
deletions-lead = Les marques effacent ce qu'elles ont gardé quand le délai est passé. Vous voyez ici la date, et si elles l'ont confirmé.
deletions-none = Aucune marque n'a rien gardé de vous.
deletions-who = Marque
deletions-what = Données
deletions-when = Avant le
deletions-state = État
deletions-on = L'accès est ouvert. Chaque lecture fait repartir le délai.
deletions-waiting = Le délai court jusque-là.
deletions-done = La marque a dit le { $date } qu'elle l'a effacé.
deletions-late = Le délai est passé. La marque n'a pas dit qu'elle l'a effacé.
deletions-link = Voir ce que les marques doivent effacer
