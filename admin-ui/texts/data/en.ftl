# What the fields of records and their choices are called, in English. Short labels; the words of the contact page are the same here.

## You and your name
field-honorific = Title
field-given = First name
field-family = Family name
field-written = Full name, as written
field-name = Name
field-address-as = What to call me
field-spoken-like = Pronounced
field-formal = Formal address
field-date = Date
field-years = Age in years
field-stated-on = Stated on
field-gender = Gender
field-description = In my own words
field-pronouns = Pronouns

## Ways to reach you
field-address = E-mail address
field-label = Kind
field-number = Phone number
field-service = Service
field-handle = Name or number there
field-languages = Languages, best first
field-language = Language
field-need = Need
field-remark = Remark

## Addresses
field-recipient = Recipient
field-lines = Lines
field-postcode = Postcode
field-city = City
field-region = Region
field-country = Country
field-phone = Telephone
field-instructions = Instructions
field-tax-number = Tax number

## Measurements and sizes
field-value = Measurement
field-unit = Unit
field-measured-on = Measured on
field-shape = Shape
field-system = Size system
field-size = Size
field-sizes = Sizes
field-band = Band
field-cup = Cup
field-cut = Cut for
field-width = Width
field-length = Length
field-height = Height
field-sleeve = Sleeve length
field-finger = Finger
field-hand = Hand
field-fit = Fit

## Pieces and purchases
field-item = Piece
field-id = Article number
field-brand = Brand
field-category = Kind of piece
field-colour = Colour
field-bought-on = Bought on
field-order = Order number
field-quantity = Number of pieces
field-amount = Amount
field-minor = Amount, in cents
field-currency = Currency
field-up-to = At most
field-place = Place
field-gift = It was a gift
field-returned-on = Returned on
field-refund = Refund
field-reason = Reason
field-reviewed-on = Reviewed on
field-rented-for = Worn for
field-recommended = I recommend it

## Wishes
field-seen-at = Seen on
field-seconds = Time, in seconds
field-added-on = Added on
field-share-as-gift-idea = Share as a gift idea

## Contact rules
field-channels = How, and what for
field-channel = How
field-purpose = What for
field-allowed = Allowed
field-automated = Person or machine
field-quiet-hours = Quiet times
field-days = Days
field-from = From
field-to = To
field-time-zone = Time zone
field-max-per-month = Messages a month at most
field-not-before = Leave me alone until
field-always = Always allowed
field-not-mention = Do not mention
field-advisor = Advisor

## Occasions
field-occasion = Occasion
field-kind = Kind
field-of = Whose birthday
field-day = Day
field-year = Year
field-with = With
field-mention = Can be mentioned
field-role = My part
field-held-on = Takes place on
field-dress-code = Dress code

## Places and travel
field-stay = Staying at
field-visited-at = Visited on
field-boutique = Boutique
field-appointment = By appointment

## Delivery
field-packaging = Packaging
field-discreet = Discreet packaging
field-gift-wrap = Gift wrapping
field-gift-message = Words with the gift

## Feedback
field-given-on = Given on
field-about = About
field-subject = More exactly
field-rating = Rating
field-note = Comment
field-wants-answer = I would like an answer
field-trustworthiness = Trustworthiness
field-expertise = Expertise
field-kindness = Kindness
field-empathy = Empathy
field-creativity = Creativity
field-uses-my-data-as-agreed = Uses my data as agreed

## Household
field-call-them = What I call the child
field-garment = Garment
field-birth-year = Year of birth
field-relation = Who it is
field-surprise = It is a surprise
field-species = Animal
field-collar = Collar
field-comes-along = Comes along

## Photos
field-taken-on = Taken on
field-caption = Caption
field-media-type = Kind of file
field-bytes = Size in bytes
field-sha256 = Fingerprint

## Taste and care
field-likes = Likes
field-dislikes = Dislikes
field-families = Fragrance families
field-intensity = Intensity
field-notes = Notes
field-avoids = To avoid
field-avoid = To avoid
field-names = Designers and houses
field-words = Words
field-prefer = Preferred
field-transport = Shipping

## Choices under several fields
choice-other = Other
choice-work = Work
choice-boutique = In the boutique
choice-event = Event
choice-message = Message
choice-wedding = Wedding
choice-everyday = Everyday
choice-travel = Travel
choice-business = Business
choice-whatsapp = WhatsApp
choice-wechat = WeChat
choice-leather = Leather
choice-hat = Hat

## Choices: you and those around you
choice-gender-woman = Woman
choice-gender-man = Man
choice-self-described = In my own words
choice-not-stated = I would rather not say
choice-gender-any = No preference
choice-relation-partner = Partner
choice-relation-child = Child
choice-relation-parent = Parent
choice-relation-sibling = Sister or brother
choice-relation-friend = Friend
choice-relation-colleague = Colleague
choice-relation-other = Someone else
choice-of-me = Me
choice-of-partner = Partner
choice-of-child = Child
choice-of-parent = Parent
choice-of-sibling = Sister or brother
choice-of-friend = Friend
choice-of-other = Someone else
choice-species-dog = Dog
choice-species-cat = Cat
choice-species-bird = Bird
choice-species-horse = Horse

## Choices: ways to reach you
choice-label-private = Private
choice-label-assistant = Assistant
choice-label-mobile = Mobile
choice-label-home = Home
choice-service-line = LINE
choice-kakaotalk = KakaoTalk
choice-service-telegram = Telegram
choice-service-signal = Signal
choice-step-free = Step-free access
choice-seating = A seat
choice-quiet-room = A quiet room
choice-large-print = Large print
choice-sign-language = Sign language
choice-hearing-loop = Hearing loop
choice-assistance-animal = Assistance animal
choice-companion = Someone with me

## Choices: sizes and fit
choice-vendor = The brand’s own
choice-shape-hourglass = Hourglass
choice-shape-athletic = Athletic
choice-shape-pear = Pear
choice-shape-petite = Petite
choice-full-bust = Full bust
choice-straight---narrow = Straight and narrow
choice-shape-apple = Apple
choice-cut-women = Women
choice-cut-men = Men
choice-cut-unisex = Unisex
choice-cut-children = Children
choice-width-narrow = Narrow
choice-width-regular = Regular
choice-width-wide = Wide
choice-length-short = Short
choice-length-regular = Regular
choice-length-long = Long
choice-sleeve-short = Short
choice-sleeve-regular = Regular
choice-sleeve-long = Long
choice-finger-thumb = Thumb
choice-finger-index = Index finger
choice-finger-middle = Middle finger
choice-finger-ring = Ring finger
choice-finger-little = Little finger
choice-hand-left = Left
choice-hand-right = Right
choice-fit-small = Too small
choice-fit-fit = Just right
choice-fit-large = Too large
choice-fit-close = Close
choice-fit-regular = Regular
choice-fit-relaxed = Relaxed
choice-fit-oversized = Oversized
choice-garment-all = Everything
choice-clothes = Clothes
choice-dress = Dress
choice-jacket = Jacket
choice-coat = Coat
choice-trousers = Trousers
choice-skirt = Skirt
choice-shirt = Shirt
choice-knitwear = Knitwear
choice-shoes = Shoes
choice-gloves = Gloves
choice-swimwear = Swimwear

## Choices: purchases and wishes
choice-online = Online
choice-channel-event = At an event
choice-channel-resale = Second-hand
choice-website = Website
choice-channel-app = App
choice-boutique-screen = Screen in the boutique
choice-too-small = Too small
choice-too-large = Too large
choice-not-as-expected = Not as expected
choice-reason-quality = Quality
choice-changed-mind = I changed my mind
choice-reason-gift = It was a gift
choice-reason-late = It came too late
choice-formal-affair = Formal occasion
choice-party = Party
choice-rented-for-date = Date
choice-vacation = Holiday

## Choices: contact rules
choice-channel-phone = Telephone
choice-channel-sms = Text message
choice-channel-email = E-mail
choice-channel-post = Post
choice-purpose-orders = My orders
choice-purpose-advice = Advice
choice-purpose-events = Events
choice-purpose-news = News
choice-automated-no = A person only
choice-automated-drafts = A machine drafts, a person sends
choice-automated-yes = A machine can send
choice-days-mon = Monday
choice-days-tue = Tuesday
choice-days-wed = Wednesday
choice-days-thu = Thursday
choice-days-fri = Friday
choice-days-sat = Saturday
choice-days-sun = Sunday
choice-always-order-ready = An order is ready
choice-always-appointment = My appointments
choice-always-delivery = A delivery
choice-always-security = Security
choice-always-product-recall = A recall
choice-not-mention-birthday = Birthdays
choice-not-mention-anniversary = Anniversaries
choice-not-mention-wedding = Weddings
choice-not-mention-travel = Travel
choice-not-mention-sizes = Sizes
choice-not-mention-purchases = Purchases
choice-not-mention-household = My household

## Choices: occasions and travel
choice-engagement = Engagement
choice-first-meeting = First meeting
choice-kind-company = Company
choice-kind-gala = Gala
choice-graduation = Graduation
choice-new-home = New home
choice-new-job = New job
choice-kind-birth = Birth
choice-kind-holiday = Holiday
choice-kind-sport = Sport
choice-kind-performance = Performance
choice-role-couple = I am getting married
choice-role-family = Family
choice-role-witness = Witness
choice-role-guest = Guest
choice-white-tie = White tie
choice-black-tie = Black tie
choice-dress-code-formal = Formal
choice-dress-code-cocktail = Cocktail
choice-dress-code-smart = Smart
choice-dress-code-casual = Casual
choice-dress-code-traditional = Traditional
choice-reason-holiday = Holiday
choice-reason-beach = Beach
choice-reason-ski = Skiing
choice-reason-city = City visit
choice-reason-family = Family

## Choices: delivery
choice-place-home = At home
choice-place-work = At work
choice-place-concierge = With the concierge
choice-place-neighbour = With a neighbour
choice-pickup-point = At a pick-up point
choice-packaging-full = Complete
choice-packaging-minimal = As little as possible
choice-packaging-reusable = Reusable
choice-packaging-none = None

## Choices: feedback
choice-visit = Visit
choice-about-advice = Advice
choice-recommendation = Recommendation
choice-about-delivery = Delivery
choice-about-item = Piece
choice-about-service = Service

## Choices: photos
choice-occasion-evening = Evening
choice-fitting = Fitting
choice-recognition-by-advisor = So that my advisor knows me
choice-make-up = Make-up
choice-eyewear = Eyewear
choice-jewellery = Jewellery

## Choices: taste
choice-families-floral = Floral
choice-families-woody = Woody
choice-families-citrus = Citrus
choice-families-amber = Amber
choice-families-fougere = Fougère
choice-families-chypre = Chypre
choice-families-aquatic = Aquatic
choice-families-green = Green
choice-families-fruity = Fruity
choice-families-gourmand = Gourmand
choice-families-leather = Leather
choice-families-spicy = Spicy
choice-intensity-light = Light
choice-intensity-moderate = Moderate
choice-intensity-strong = Strong

## Choices: care for the planet
choice-avoid-fur = Fur
choice-exotic-skin = Exotic skins
choice-avoid-down = Down
choice-animal-products = Anything from animals
choice-synthetics = Synthetics
choice-air-freight = Air freight
choice-prefer-recycled = Recycled
choice-prefer-organic = Organic
choice-prefer-traceable = Traceable
choice-prefer-local = Local
choice-prefer-certified = Certified
choice-prefer-vintage = Vintage
choice-service-repair = Repair
choice-service-alteration = Alteration
choice-service-care = Care
choice-service-rental = Rental
choice-service-resale = Resale
choice-take-back = Taking pieces back
choice-transport-fast = Fast
choice-transport-slow = Slow
choice-no-preference = No preference
