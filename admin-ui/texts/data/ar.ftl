# كتبت آلةٌ مسودة هذا الملف، ولم يقرأه بعدُ أي قارئ لغته الأم العربية.
# أسماء حقول البيانات وخياراتها بالعربية. تسميات قصيرة، وكلمات صفحة التواصل هي نفسها هنا.
# لا فعل أمر ولا مضارع مخاطب، بل مصادر وصيغ لا تميّز المذكر من المؤنث في الكتابة.

## الشخص واسمه
field-honorific = اللقب
field-given = الاسم الأول
field-family = اسم العائلة
field-written = الاسم الكامل كما يُكتب
field-name = الاسم
field-address-as = كيف أُخاطَب
field-spoken-like = طريقة النطق
field-formal = مخاطبة رسمية
field-date = التاريخ
field-years = العمر بالسنوات
field-stated-on = تاريخ الذكر
field-gender = النوع الاجتماعي
field-description = بكلماتي الخاصة
field-pronouns = الضمائر

## سبل التواصل
field-address = عنوان البريد الإلكتروني
field-label = النوع
field-number = رقم الهاتف
field-service = الخدمة
field-handle = الاسم أو الرقم فيها
field-languages = اللغات، والمفضلة أولًا
field-language = اللغة
field-need = الاحتياج
field-remark = ملاحظة

## العناوين
field-recipient = المستلم
field-lines = الأسطر
field-postcode = الرمز البريدي
field-city = المدينة
field-region = المنطقة
field-country = البلد
field-phone = الهاتف
field-instructions = التعليمات
field-tax-number = الرقم الضريبي

## القياسات والمقاسات
field-value = القياس
field-unit = الوحدة
field-measured-on = تاريخ القياس
field-shape = شكل الجسم
field-system = نظام المقاسات
field-size = المقاس
field-sizes = المقاسات
field-band = الحزام
field-cup = الكوب
field-cut = الفئة
field-width = العرض
field-length = الطول
field-height = الارتفاع
field-sleeve = طول الكم
field-finger = الإصبع
field-hand = اليد
field-fit = الملاءمة

## القطع والمشتريات
field-item = القطعة
field-id = رقم القطعة
field-brand = العلامة
field-category = نوع القطعة
field-colour = اللون
field-bought-on = تاريخ الشراء
field-order = رقم الطلب
field-quantity = عدد القطع
field-amount = المبلغ
field-minor = المبلغ بالسنتات
field-currency = العملة
field-up-to = حد أقصى
field-place = المكان
field-gift = كانت هدية
field-returned-on = تاريخ الإرجاع
field-refund = المبلغ المسترد
field-reason = السبب
field-reviewed-on = تاريخ التقييم
field-rented-for = مناسبة اللبس
field-recommended = أوصي بها

## الأمنيات
field-seen-at = وقت المشاهدة
field-seconds = المدة بالثواني
field-added-on = تاريخ الإضافة
field-share-as-gift-idea = مشاركتها كفكرة هدية

## قواعد التواصل
field-channels = الوسيلة والغرض
field-channel = الوسيلة
field-purpose = الغرض
field-allowed = مسموح
field-automated = شخص أم آلة
field-quiet-hours = أوقات الهدوء
field-days = الأيام
field-from = البداية
field-to = النهاية
field-time-zone = المنطقة الزمنية
field-max-per-month = أقصى عدد للرسائل في الشهر
field-not-before = عدم الإزعاج حتى
field-always = مسموح دائمًا
field-not-mention = عدم ذكر
field-advisor = المستشار

## المناسبات
field-occasion = المناسبة
field-kind = النوع
field-of = عيد ميلاد من
field-day = اليوم
field-year = السنة
field-with = مع
field-mention = يمكن ذكره
field-role = دوري
field-held-on = تاريخ المناسبة
field-dress-code = اللباس المطلوب

## الأماكن والسفر
field-stay = مكان الإقامة
field-visited-at = وقت الزيارة
field-boutique = المتجر
field-appointment = بموعد مسبق

## التسليم
field-packaging = التغليف
field-discreet = تغليف غير لافت
field-gift-wrap = تغليف هدية
field-gift-message = كلمة مع الهدية

## الملاحظات
field-given-on = تاريخ الملاحظة
field-about = بشأن
field-subject = تحديدًا
field-rating = التقييم
field-note = نص الملاحظة
field-wants-answer = أرغب في رد
field-trustworthiness = الجدارة بالثقة
field-expertise = الخبرة
field-kindness = اللطف
field-empathy = التفهّم
field-creativity = الإبداع
field-uses-my-data-as-agreed = استخدام بياناتي كما اتُّفق عليه

## أهل البيت
field-call-them = التسمية في البيت
field-garment = قطعة اللباس
field-birth-year = سنة الميلاد
field-relation = الصلة
field-surprise = إنها مفاجأة
field-species = الحيوان
field-collar = الطوق
field-comes-along = يأتي معي

## الصور
field-taken-on = تاريخ التصوير
field-caption = وصف الصورة
field-media-type = نوع الملف
field-bytes = الحجم بالبايت
field-sha256 = البصمة

## الذوق والعناية بالكوكب
field-likes = المحبَّب
field-dislikes = غير المحبَّب
field-families = العائلات العطرية
field-intensity = الشدة
field-notes = النفحات
field-avoids = ما يُتجنَّب
field-avoid = ما يُتجنَّب
field-names = المصممون والدور
field-words = الكلمات
field-prefer = المفضّل
field-transport = الإرسال

## خيارات مشتركة بين عدة حقول
choice-other = غير ذلك
choice-work = العمل
choice-boutique = في المتجر
choice-event = فعالية
choice-message = رسالة
choice-wedding = زفاف
choice-everyday = كل يوم
choice-travel = السفر
choice-business = أعمال
choice-whatsapp = WhatsApp
choice-wechat = WeChat
choice-leather = الجلد
choice-hat = قبعة

## خيارات: الشخص ومن حوله
choice-gender-woman = امرأة
choice-gender-man = رجل
choice-self-described = بكلماتي الخاصة
choice-not-stated = أفضّل عدم القول
choice-gender-any = لا فرق
choice-relation-partner = شريك أو شريكة الحياة
choice-relation-child = ابنة أو ابن
choice-relation-parent = أم أو أب
choice-relation-sibling = أخت أو أخ
choice-relation-friend = صديقة أو صديق
choice-relation-colleague = زميلة أو زميل
choice-relation-other = شخص آخر
choice-of-me = أنا
choice-of-partner = شريك أو شريكة الحياة
choice-of-child = ابنة أو ابن
choice-of-parent = أم أو أب
choice-of-sibling = أخت أو أخ
choice-of-friend = صديقة أو صديق
choice-of-other = شخص آخر
choice-species-dog = كلب
choice-species-cat = قطة
choice-species-bird = طائر
choice-species-horse = حصان

## خيارات: سبل التواصل
choice-label-private = شخصي
choice-label-assistant = مساعدة أو مساعد
choice-label-mobile = جوّال
choice-label-home = المنزل
choice-service-line = LINE
choice-kakaotalk = KakaoTalk
choice-service-telegram = Telegram
choice-service-signal = Signal
choice-step-free = دخول بلا درج
choice-seating = مقعد
choice-quiet-room = غرفة هادئة
choice-large-print = حروف كبيرة
choice-sign-language = لغة الإشارة
choice-hearing-loop = حلقة سمعية
choice-assistance-animal = حيوان مساعدة
choice-companion = شخص يرافقني

## خيارات: المقاسات والملاءمة
choice-vendor = خاص بالعلامة
choice-shape-hourglass = ساعة رملية
choice-shape-athletic = رياضي
choice-shape-pear = كمثرى
choice-shape-petite = صغير القوام
choice-full-bust = صدر ممتلئ
choice-straight---narrow = مستقيم ونحيف
choice-shape-apple = تفاحة
choice-cut-women = نسائي
choice-cut-men = رجالي
choice-cut-unisex = للجنسين
choice-cut-children = للأطفال
choice-width-narrow = ضيق
choice-width-regular = عادي
choice-width-wide = عريض
choice-length-short = قصير
choice-length-regular = عادي
choice-length-long = طويل
choice-sleeve-short = قصير
choice-sleeve-regular = عادي
choice-sleeve-long = طويل
choice-finger-thumb = الإبهام
choice-finger-index = السبابة
choice-finger-middle = الوسطى
choice-finger-ring = البنصر
choice-finger-little = الخنصر
choice-hand-left = اليسرى
choice-hand-right = اليمنى
choice-fit-small = أصغر من اللازم
choice-fit-fit = مناسب
choice-fit-large = أكبر من اللازم
choice-fit-close = ملاصق للجسم
choice-fit-regular = عادي
choice-fit-relaxed = مريح
choice-fit-oversized = واسع جدًا
choice-garment-all = كل الملابس
choice-clothes = ملابس
choice-dress = فستان
choice-jacket = سترة
choice-coat = معطف
choice-trousers = بنطال
choice-skirt = تنورة
choice-shirt = قميص
choice-knitwear = ملابس محبوكة
choice-shoes = حذاء
choice-gloves = قفازات
choice-swimwear = ملابس سباحة

## خيارات: المشتريات والأمنيات
choice-online = عبر الإنترنت
choice-channel-event = في فعالية
choice-channel-resale = من إعادة البيع
choice-website = موقع الويب
choice-channel-app = التطبيق
choice-boutique-screen = شاشة في المتجر
choice-too-small = أصغر من اللازم
choice-too-large = أكبر من اللازم
choice-not-as-expected = ليست كما كان متوقعًا
choice-reason-quality = الجودة
choice-changed-mind = غيّرت رأيي
choice-reason-gift = كانت هدية
choice-reason-late = وصلت متأخرة
choice-formal-affair = مناسبة رسمية
choice-party = حفلة
choice-rented-for-date = لقاء لشخصين
choice-vacation = إجازة

## خيارات: قواعد التواصل
choice-channel-phone = الهاتف
choice-channel-sms = رسالة نصية
choice-channel-email = البريد الإلكتروني
choice-channel-post = البريد
choice-purpose-orders = طلباتي
choice-purpose-advice = نصائح
choice-purpose-events = فعاليات
choice-purpose-news = أخبار
choice-automated-no = شخص فقط
choice-automated-drafts = آلة تكتب المسودة، وشخص يرسل
choice-automated-yes = يمكن لآلة أن ترسل
choice-days-mon = الاثنين
choice-days-tue = الثلاثاء
choice-days-wed = الأربعاء
choice-days-thu = الخميس
choice-days-fri = الجمعة
choice-days-sat = السبت
choice-days-sun = الأحد
choice-always-order-ready = طلب جاهز
choice-always-appointment = مواعيدي
choice-always-delivery = تسليم
choice-always-security = الأمان
choice-always-product-recall = استدعاء منتج
choice-not-mention-birthday = أعياد الميلاد
choice-not-mention-anniversary = المناسبات السنوية
choice-not-mention-wedding = حفلات الزفاف
choice-not-mention-travel = السفر
choice-not-mention-sizes = المقاسات
choice-not-mention-purchases = المشتريات
choice-not-mention-household = أهل بيتي

## خيارات: المناسبات والسفر
choice-engagement = خطوبة
choice-first-meeting = اللقاء الأول
choice-kind-company = شركة
choice-kind-gala = حفل ساهر
choice-graduation = تخرّج
choice-new-home = منزل جديد
choice-new-job = عمل جديد
choice-kind-birth = ولادة
choice-kind-holiday = عيد
choice-kind-sport = رياضة
choice-kind-performance = عرض فني
choice-role-couple = أحد العروسين
choice-role-family = من العائلة
choice-role-witness = شاهدة أو شاهد
choice-role-guest = ضيفة أو ضيف
choice-white-tie = ربطة عنق بيضاء
choice-black-tie = ربطة عنق سوداء
choice-dress-code-formal = لباس رسمي
choice-dress-code-cocktail = لباس كوكتيل
choice-dress-code-smart = لباس أنيق
choice-dress-code-casual = لباس غير رسمي
choice-dress-code-traditional = لباس تقليدي
choice-reason-holiday = إجازة
choice-reason-beach = شاطئ
choice-reason-ski = تزلج
choice-reason-city = زيارة مدينة
choice-reason-family = زيارة الأهل

## خيارات: التسليم
choice-place-home = في المنزل
choice-place-work = في العمل
choice-place-concierge = لدى الاستقبال
choice-place-neighbour = لدى الجيران
choice-pickup-point = في نقطة استلام
choice-packaging-full = كامل
choice-packaging-minimal = أقل ما يمكن
choice-packaging-reusable = قابل لإعادة الاستخدام
choice-packaging-none = بلا تغليف

## خيارات: الملاحظات
choice-visit = زيارة
choice-about-advice = نصيحة
choice-recommendation = توصية
choice-about-delivery = تسليم
choice-about-item = قطعة
choice-about-service = خدمة

## خيارات: الصور
choice-occasion-evening = سهرة
choice-fitting = تجربة القياس
choice-recognition-by-advisor = ليتعرّف عليّ المستشار
choice-make-up = مكياج
choice-eyewear = نظارات
choice-jewellery = مجوهرات

## خيارات: الذوق
choice-families-floral = زهرية
choice-families-woody = خشبية
choice-families-citrus = حمضية
choice-families-amber = عنبرية
choice-families-fougere = فوجير
choice-families-chypre = شيبر
choice-families-aquatic = مائية
choice-families-green = خضراء
choice-families-fruity = فاكهية
choice-families-gourmand = حلوة المذاق
choice-families-leather = جلدية
choice-families-spicy = بهارية
choice-intensity-light = خفيفة
choice-intensity-moderate = متوسطة
choice-intensity-strong = قوية

## خيارات: العناية بالكوكب
choice-avoid-fur = الفراء
choice-exotic-skin = الجلود النادرة
choice-avoid-down = ريش الزغب
choice-animal-products = المنتجات الحيوانية
choice-synthetics = المواد الصناعية
choice-air-freight = الشحن الجوي
choice-prefer-recycled = معاد تدويره
choice-prefer-organic = عضوي
choice-prefer-traceable = معروف المصدر
choice-prefer-local = محلي
choice-prefer-certified = معتمد بشهادة
choice-prefer-vintage = قديم أصيل
choice-service-repair = إصلاح
choice-service-alteration = تعديل
choice-service-care = عناية
choice-service-rental = تأجير
choice-service-resale = إعادة بيع
choice-take-back = استرجاع القطع
choice-transport-fast = سريع
choice-transport-slow = بطيء
choice-no-preference = لا فرق
