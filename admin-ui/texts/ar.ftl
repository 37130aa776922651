# كتبت آلةٌ مسودة هذا الملف، ولم يقرأه بعدُ أي قارئ لغته الأم العربية.
# ما تقوله الصفحات بالعربية. خطاب مباشر، وجمل قصيرة، وكلمة واحدة لكل شيء:
# إذن، علامة، سبب، حتى، إيقاف، تعليق، اطّلاع، إيصال.
# المخاطبة محايدة ما أمكن: لا فعل أمر ولا مضارع مخاطب، بل مصادر وصيغ لا تميّز المذكر من المؤنث في الكتابة.

## حول كل صفحة
skip = الانتقال إلى المحتوى
demo-banner = عرض تجريبي: كل من هنا وكل ما هنا من نسج الخيال.
nav-label = الصفحات
nav-access = من يمكنه الرؤية
nav-data = بياناتي
nav-reads = كل اطّلاع
nav-receipts = الإيصالات
nav-security = الأمان
nav-help = المساعدة
languages = اللغة
drafted = كتبت آلة مسودة هذه النصوص. لم يقرأها أحد بعد.
sign-out = تسجيل الخروج
go-home = عرض من يمكنه رؤية بياناتي
go-back = رجوع
older = عرض الأقدم
list-comma = {"، "}
yes = نعم
no = لا
optional-field = (يمكن تركه فارغًا)
one-a-line = عنصر واحد في كل سطر.
row = السطر { $number }

## الأوقات
until-over = حتى { $date } (انتهى)
until-hours = حتى { $date }، بعد { $hours ->
    [zero] أقل من ساعة
    [one] ساعة واحدة
    [two] ساعتين
    [few] { $hours } ساعات
    [many] { $hours } ساعة
   *[other] { $hours } ساعة
}
until-days = حتى { $date }، بعد { $days ->
    [zero] أقل من يوم
    [one] يوم واحد
    [two] يومين
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
}
left-over = { $date } (انتهى)
left-hours = { $date }، بعد { $hours ->
    [zero] أقل من ساعة
    [one] ساعة واحدة
    [two] ساعتين
    [few] { $hours } ساعات
    [many] { $hours } ساعة
   *[other] { $hours } ساعة
}
left-days = { $date }، بعد { $days ->
    [zero] أقل من يوم
    [one] يوم واحد
    [two] يومين
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
}
ago-now = { $moment }، الآن
ago-minutes = { $moment }، منذ { $minutes ->
    [zero] أقل من دقيقة
    [one] دقيقة واحدة
    [two] دقيقتين
    [few] { $minutes } دقائق
    [many] { $minutes } دقيقة
   *[other] { $minutes } دقيقة
}
ago-hours = { $moment }، منذ { $hours ->
    [zero] أقل من ساعة
    [one] ساعة واحدة
    [two] ساعتين
    [few] { $hours } ساعات
    [many] { $hours } ساعة
   *[other] { $hours } ساعة
}
ago-days = { $moment }، منذ { $days ->
    [zero] أقل من يوم
    [one] يوم واحد
    [two] يومين
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
}

## ما الذي لم يتم
fault-missing-title = لا شيء هنا
fault-missing = هذا العنوان لا يؤدي إلى أي مكان، أو أن ما كان هنا لم يعد موجودًا.
fault-foreign-title = لم يُرسَل
fault-foreign = لم يأتِ هذا النموذج من صفحة مفتوحة لديك الآن. يُرجى فتح الصفحة من جديد والإرسال منها.
fault-entered-title = يُرجى التحقق
fault-nothing-changed = لم يتغير شيء.
fault-unreachable-title = تعذّر الاتصال بالخزنة
fault-unreachable = لم نتمكن من الاتصال بالخزنة. ما دام الأمر كذلك، لا يمكن لأحد الاطّلاع على بياناتك من خلالها.
fault-outcome-unknown = ليس مؤكدًا أن خطوتك الأخيرة قد تمت. يمكنك العودة إلى الصفحة بعد دقيقة للتحقق.
fault-try-again = لم يتغير شيء. يمكنك المحاولة من جديد بعد دقيقة.
fault-reference = المرجع لمكتب المساعدة: { $reference }
fault-refused-title = لم يتم هذا
entered-unreadable = تعذّرت قراءة النموذج.
entered-token = رمز الدخول هذا لا يفتح شيئًا. إما أنه كُتب خطأً أو أنه انتهى.
entered-language = لا توجد هذه اللغة هنا.
entered-term = يُرجى اختيار المدة.
entered-answer = يُرجى اختيار أحد الأجوبة.
entered-nothing-left = لن يبقى شيء للمشاركة. إن كان المقصود ألا يُشارَك شيء، فيُرجى اختيار «عدم المشاركة».
entered-sure = يُرجى تحديد المربع لتأكيد الاختيار.
reason-notice-changed = غيّرت العلامة نصها بعد الطلب. يمكنك الرفض؛ وللمشاركة عليها أن تطلب من جديد.
reason-purpose-changed = { reason-notice-changed }
reason-request-already-decided = سبق أن أجبت عن هذا الطلب.
reason-request-lapsed = انقضت مهلة هذا الطلب.
reason-request-withdrawn = سحبت العلامة هذا الطلب.
reason-request-closed = سبق إغلاق هذا الطلب.
reason-request-countered = سبق أن اقترحت أقل. لم تُجب العلامة بعد.
reason-grant-revoked = سبق أن أوقفت هذا الإذن.
reason-grant-expired = سبق أن انتهى هذا الإذن.
reason-grant-exhausted = استُنفدت كل مرات الاطّلاع في هذا الإذن.
reason-grant-superseded = حلّ إذن آخر محل هذا الإذن. هو معروض في صفحتك الرئيسية.
reason-grant-already-paused = سبق تعليق هذا الإذن.
reason-grant-not-paused = هذا الإذن غير معلَّق.
reason-terms-not-narrower = هذا أكثر مما طُلب أو مُنح. لا يمكن اختيار إلا ما هو أقل.
reason-terms-unchanged = هذا مطابق لما كان من قبل.
reason-version-mismatch = تغيّر هذا منذ فتح الصفحة. يُرجى فتحها من جديد.
reason-rate-limited = تكرر هذا كثيرًا في وقت قصير. يُرجى الانتظار دقيقة.
reason-permission-denied = جلستك لا تسمح بهذا. إن كان لديك مفتاح مرور فادخل به.

## الدخول
sign-in-title = بياناتك. قرارك.
sign-in-lead = هنا يظهر لك من يمكنه رؤية بياناتك، ولماذا، وحتى متى. يمكنك الإيقاف في أي وقت.
sign-in-token-title = الدخول برمز
sign-in-token-words = تعطيك الرمزَ الجهةُ التي تدير هذه الخزنة. هو لك وحدك، وينتهي من تلقاء نفسه.
sign-in-token-label = رمز الدخول
sign-in-token-button = دخول
sign-in-promise = هنا لا يطّلع أحد على بياناتك من دون موافقتك. يُدوَّن كل اطّلاع قبل الإجابة عنه.
demo-title = التجربة باسم أحد هؤلاء
demo-words = هذا عرض تجريبي. يمكنك اختيار شخص من نسج الخيال؛ لا حاجة إلى رمز.

## الصفحة الرئيسية
home-title = من يمكنه رؤية بياناتي
home-sees = { $count ->
    [zero] لا يمكن لأي علامة رؤية بياناتك.
    [one] يمكن لعلامة واحدة رؤية شيء من بياناتك.
    [two] يمكن لعلامتين رؤية شيء من بياناتك.
    [few] { $count } علامات يمكنها رؤية شيء من بياناتك.
    [many] { $count } علامة يمكنها رؤية شيء من بياناتك.
   *[other] { $count } علامة يمكنها رؤية شيء من بياناتك.
}
home-asks = { $count ->
    [zero] لا طلب في انتظار جوابك.
    [one] طلب واحد في انتظار جوابك.
    [two] طلبان في انتظار جوابك.
    [few] { $count } طلبات في انتظار جوابك.
    [many] { $count } طلبًا في انتظار جوابك.
   *[other] { $count } طلب في انتظار جوابك.
}
home-last = آخر اطّلاع: { $moment }، { $brand }.
home-never = لم يطّلع أحد على بياناتك بعد.
home-waiting = في انتظار جوابك
home-waiting-more = { $count ->
    [zero] لا طلب آخر بعد هذه.
    [one] طلب آخر ينتظر بعد هذه.
    [two] طلبان آخران ينتظران بعد هذه.
    [few] { $count } طلبات أخرى تنتظر بعد هذه.
    [many] { $count } طلبًا آخر ينتظر بعد هذه.
   *[other] { $count } طلب آخر ينتظر بعد هذه.
}
home-open = أذوناتك
home-nobody = لا يمكن لأحد رؤية بياناتك. لا يُشارَك شيء قبل موافقتك.
home-past = الأذونات المنتهية
past-title = الأذونات المنتهية
past-none = لم ينتهِ أي إذن بعد.
past-used = { $count ->
    [zero] لم يُستخدم قط.
    [one] استُخدم مرة واحدة.
    [two] استُخدم مرتين.
    [few] استُخدم { $count } مرات.
    [many] استُخدم { $count } مرة.
   *[other] استُخدم { $count } مرة.
}
request-asks = البيانات المطلوبة: { $data }
request-lapses = يمكن الجواب { $until }. من دون جواب لا يُشارَك شيء جديد.
request-open = قراءة ما تطلبه { $brand }
card-data = البيانات
card-reason = السبب
card-until = ينتهي
card-read = مرات الاطّلاع
card-reads = { $count ->
    [zero] لا مرة
    [one] مرة واحدة، { $moment }
    [two] مرتان، آخرهما { $moment }
    [few] { $count } مرات، آخرها { $moment }
    [many] { $count } مرة، آخرها { $moment }
   *[other] { $count } مرة، آخرها { $moment }
}
card-unread = لم يطّلع عليها أحد بعد.
and-more = { $list } و{ $count ->
    [zero] لا شيء غيرها
    [one] واحد غيرها
    [two] اثنان غيرها
    [few] { $count } غيرها
    [many] { $count } غيرها
   *[other] { $count } غيرها
}
stop = إيقاف الإذن
of-brand = لعلامة { $brand }
details = عرض التفاصيل
details-resume = عرض التفاصيل أو الاستئناف
pause-all = تعليق الكل
pause-all-title = تعليق كل الأذونات؟
pause-all-words = تُعلَّق كل الأذونات السارية حتى تستأنفها. يُستأنف كل إذن في صفحته.
stop-all = إيقاف كل الأذونات
stop-all-title = إيقاف كل الأذونات نهائيًا؟
stop-all-words = تنتهي كل الأذونات فورًا. يمكن للعلامات أن تطلب من جديد، والقرار لك من جديد.
keep-as-it-is = إبقاء الأمر كما هو

## ما نتج عن ذلك
done-approved = تُشارَك هذه البيانات الآن. إليك إيصالك.
done-countered = لقد عرضت أقل. لا يُشارَك شيء جديد حتى توافق العلامة. هذا إيصالك.
done-declined = لقد رفضت. لا يُشارَك شيء جديد. ولا تُبلَّغ العلامة بالسبب.
done-stopped = أُوقف الإذن. لم يعد أحد يطّلع على شيء بموجبه.
done-paused = الإذن معلّق. لا يطّلع أحد بموجبه.
done-resumed = استُؤنف الإذن.
done-narrowed = من الآن فصاعدًا مشاركتك أقل.
done-stopped-all = أُوقفت كل الأذونات.
done-paused-all = عُلّقت كل الأذونات السارية.
done-added = هو الآن في خزنتك، مشفَّرًا.
done-corrected = تم التصحيح.
done-deleted = تم الحذف.
done-ended = انتهت هذه الجلسة.
done-language = تغيّرت اللغة.
done-unchanged = لم يتغير شيء: ما اخترته مطابق لما كان من قبل.
done-erased = مُحي كل شيء. أُتلف مفتاحك، ولم يعد شيء مما يخصك يُفتح.

## طلب
request-title = طلب من { $brand }
request-why = لماذا
request-text = النص { $version }، { $language }. جوابك مرتبط بهذا النص بعينه.
request-no-notice = لا يمكن عرض نص العلامة لهذا الطلب. يُرجى عدم المشاركة حتى يظهر.
request-needed = ما هو ضروري
request-optional = ما هو اختياري
request-optional-words = لم يُحدَّد منه شيء. يمكنك تحديد ما يُشارَك أيضًا.
request-what = أي بيانات
request-rules = كيف يمكن استخدامها
request-how-long = لأي مدة؟
request-stop-title = كيف يتم الإيقاف
request-stop = يمكنك الإيقاف في أي وقت من صفحتك الرئيسية، بخطوتين. بعدها لا يمكن لعلامة { $brand } الاطّلاع على أي شيء.
request-approved = قلت نعم لعلامة { $brand }.
request-declined = لقد رفضت طلب { $brand }. لا يُشارَك شيء جديد.
request-countered = لقد عرضت أقل على { $brand }. لا يُشارَك شيء جديد حتى توافق.
request-withdrawn = سحبت { $brand } هذا الطلب. لا يُشارَك شيء جديد.
request-rejected = لم تقبل { $brand } بالأقل. لا يُشارَك شيء جديد.
request-lapsed = انقضت مهلة هذا الطلب. لا يُشارَك شيء جديد.
request-offered = ما اقترحته
share = مشاركة هذا
do-not-share = عدم المشاركة
offer-less = اقتراح أقل
decide-later = تأجيل القرار
ask-a-question = طرح سؤال
preview = بياناتك الآن
preview-none = لا شيء من هذا في خزنتك.
preview-masked = لا يخرج هذا من خزنتك إلا بصورة أقل دقة.
term-once = مرة واحدة، اطّلاع واحد
term-days = { $days ->
    [zero] أقل من يوم
    [one] يوم واحد
    [two] يومان
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
}
term-asked = كامل المدة المطلوبة
less-title = اقتراح أقل
less-lead = اختر ما تريد عرضه بدلًا من ذلك. إن احتاجت { $brand } إلى المزيد فلا يُشارَك شيء جديد.
offer-this = اقتراح هذا
item-needed = (ضروري)
item-none = لا شيء منه
narrow-title = مشاركة أقل
narrow-lead = يمكنك اختيار ما يمكن لعلامة { $brand } أن تراه بعد الآن. يسري ذلك فورًا.
share-less = مشاركة أقل

## الشروط بالكلمات
view-raw = كما هو
view-masked = بصورة أقل دقة
view-answer = استنتاج فقط
terms-mode = ما يمكن للعلامة فعله
mode-view = الاطّلاع من دون احتفاظ
mode-store = الاطّلاع والاحتفاظ مدةً
mode-query = طرح أسئلة؛ لا تخرج من خزنتك إلا الأجوبة
mode-stream = تلقّي البيانات الجديدة فور ورودها
terms-often = كم مرة
often-once = مرة واحدة
often-uses = { $count ->
    [zero] لا اطّلاع
    [one] اطّلاع واحد في المجموع
    [two] مرتا اطّلاع في المجموع
    [few] { $count } مرات اطّلاع في المجموع
    [many] { $count } مرة اطّلاع في المجموع
   *[other] { $count } مرة اطّلاع في المجموع
}
often-hour = { $count ->
    [zero] ولا مرة في الساعة
    [one] مرة واحدة في الساعة على الأكثر
    [two] مرتان في الساعة على الأكثر
    [few] { $count } مرات في الساعة على الأكثر
    [many] { $count } مرة في الساعة على الأكثر
   *[other] { $count } مرة في الساعة على الأكثر
}
often-day = { $count ->
    [zero] ولا مرة في اليوم
    [one] مرة واحدة في اليوم على الأكثر
    [two] مرتان في اليوم على الأكثر
    [few] { $count } مرات في اليوم على الأكثر
    [many] { $count } مرة في اليوم على الأكثر
   *[other] { $count } مرة في اليوم على الأكثر
}
often-month = { $count ->
    [zero] ولا مرة في الشهر
    [one] مرة واحدة في الشهر على الأكثر
    [two] مرتان في الشهر على الأكثر
    [few] { $count } مرات في الشهر على الأكثر
    [many] { $count } مرة في الشهر على الأكثر
   *[other] { $count } مرة في الشهر على الأكثر
}
often-free = كلما احتاجت العلامة إلى ذلك
terms-range = من أي فترة
range-months = { $count ->
    [zero] أقل من شهر
    [one] آخر شهر
    [two] آخر شهرين
    [few] آخر { $count } أشهر
    [many] آخر { $count } شهرًا
   *[other] آخر { $count } شهر
}
range-between = من { $from } إلى { $to }
range-from = منذ { $from }
range-to = قبل { $to }
range-all = كل الفترة
terms-from = البداية
terms-until = النهاية
terms-kept = مدة احتفاظ العلامة بها
kept-not = لا تحتفظ العلامة بشيء
kept-days = { $days ->
    [zero] أقل من يوم، ثم تحذفها
    [one] يوم واحد، ثم تحذفها
    [two] يومان، ثم تحذفها
    [few] { $days } أيام، ثم تحذفها
    [many] { $days } يومًا، ثم تحذفها
   *[other] { $days } يوم، ثم تحذفها
}
terms-onward = من يحصل عليها أيضًا
onward-nobody = لا أحد
terms-predictions = توقعات عنك
predictions-no = لا
predictions-yes = نعم، يمكن استخلاصها من البيانات
terms-contact = من يكتب إليك
contact-none = شخص فقط
contact-drafts = آلة تكتب المسودة، وشخص يرسل
contact-yes = يمكن لآلة أن ترسل

## الإذن
grant-active = الإذن سارٍ.
grant-paused = الإذن معلَّق.
grant-revoked = أوقفت هذا الإذن.
grant-expired = انتهى هذا الإذن من تلقاء نفسه.
grant-exhausted = استُنفدت كل مرات الاطّلاع.
grant-superseded = حلّ إذن آخر محله.
grant-suspended = الإذن مجمَّد. غيّرت العلامة نصها، أو جُمّدت هي نفسها.
pause = تعليق
pause-for = مدة التعليق
pause-open = حتى أستأنفه
resume = استئناف الإذن
keep = إبقاء الإذن
access-what = ما يمكن للعلامة رؤيته
access-promise = ما خرج من خزنتك صار في يد { $brand }. وقد تعهدت العلامة كتابةً باحترام هذه القواعد.
access-reads = { $count ->
    [zero] مرات الاطّلاع
    [one] اطّلاع واحد
    [two] مرتا اطّلاع
    [few] { $count } مرات اطّلاع
    [many] { $count } مرة اطّلاع
   *[other] { $count } مرة اطّلاع
}
access-all-reads = كل مرات الاطّلاع لهذه العلامة
access-before = الإذن كما كان من قبل
stop-title = إيقاف الإذن لعلامة { $brand }؟
stop-words = بعدها لا يمكن لعلامة { $brand } الاطّلاع على أي شيء: { $data }.
stop-kept-not = { $brand } لا تحتفظ بشيء مما رأته.
stop-kept = على { $brand } أن تحذف خلال { $days ->
    [zero] أقل من يوم
    [one] يوم واحد
    [two] يومين
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
} ما احتفظت به.

## بياناتي
data-title = بياناتي
data-lead = هذا كل ما تحفظه خزنتك عنك. وهو مشفَّر بمفتاح خاص بك.
data-add = إضافة شيء
data-none = خزنتك فارغة. يمكنك إضافة ما يهمك أن يُعرف عنك.
data-seen-by = يمكن أن تراه: { $brands }
data-source = من أين جاء
source-import = استُورد
source-customer = أدخلته بنفسك
data-who = من يمكنه رؤيته
data-nobody = لا أحد
data-correct = تصحيح
data-delete = حذف
data-save = حفظ
data-back = العودة إلى بياناتي
data-not-saved = لم يُحفظ هذا. ما أدخلته لا يزال هنا.
data-sensitive = هذا بيان حساس. يُستحسن عدم مشاركته إلا عند الضرورة.
add-title = إضافة شيء
add-lead = يُرجى اختيار نوعه. لا يراه أحد قبل موافقتك على طلب علامة ما.
delete-title = حذف «{ $title }»؟
delete-words = يُحذف نهائيًا مع كل نسخه السابقة. ولا يتغير بذلك ما لدى العلامات من قبل.
family-identity = عنك
family-contact = كيفية التواصل معك
family-address = العناوين
family-body = القياسات والمقاسات
family-style = الذوق
family-purchase = المشتريات
family-browsing = الأمنيات
family-occasion = المناسبات
family-location = الأماكن والسفر
family-delivery = التسليم
family-sustainability = العناية بالكوكب
family-rules = قواعد التواصل
family-feedback = الملاحظات
family-household = أهل البيت
family-photo = الصور

## كل اطّلاع
reads-title = كل اطّلاع
reads-lead = كل مرة طلب فيها أحد بياناتك، مع السبب المذكور. والاطّلاع المرفوض مدوَّن هنا أيضًا.
reads-result = النتيجة
reads-brand = العلامة
reads-every-brand = كل العلامات
reads-filter = عرض
reads-all = المسموح به والمرفوض
reads-shown = المسموح به
reads-refused = المرفوض
reads-none = لم يطّلع أحد على بياناتك بعد.
reads-none-here = لا شيء في هذه الصفحة.
reads-when = متى
reads-who = من
reads-data = البيانات
reads-reason = السبب المذكور
reads-access = عرض هذا الإذن
reads-unknown = هل من اطّلاع غير معروف لديك؟
read-shown = مسموح به
read-refused = مرفوض
refused-grant-revoked = مرفوض: سبق أن أوقفت الإذن
refused-grant-paused = مرفوض: سبق أن علّقت الإذن
refused-grant-expired = مرفوض: كان الإذن قد انتهى
refused-grant-exhausted = مرفوض: استُنفدت كل مرات الاطّلاع
refused-frequency-exceeded = مرفوض: مرات أكثر من اللازم
refused-no-access = مرفوض: لا إذن
refused-attribute-not-granted = مرفوض: لم يُشارَك
refused-view-not-granted = مرفوض: أكثر مما شُورك
refused-grant-not-yet-valid = مرفوض: قبل الأوان
refused-grant-suspended = مرفوض: كان الإذن مجمَّدًا

## الإيصالات
receipts-title = الإيصالات
receipts-lead = لكل قرار إيصال، ولكل رفض أيضًا. هو موقَّع، ولا يمكن لأحد تغييره لاحقًا.
receipts-none = لا قرار لك بعد.
receipt-title = إيصال
receipt-decision = القرار
receipt-brand = العلامة
receipt-when = متى
receipt-text = النص الذي رأيته
receipt-text-words = النص { $version }، { $language }، وبصمته هي:
receipt-proof = الإثبات
receipt-valid = هو كما كُتب: جرى التحقق منه الآن.
receipt-invalid = لا يطابق ما كُتب. يُرجى إبلاغ مكتب المساعدة.
receipt-waiting = هو في طريقه إلى السجل العام. يمكنك العودة بعد بضع ثوانٍ.
receipt-logged = هو في السجل العام الذي لا يمكن لأحد تغييره.
receipt-download = تنزيل الإيصال
receipt-download-proof = تنزيل الإثبات
receipt-check = يمكن لأي شخص التحقق منهما من دوننا:
decision-approve = نعم
decision-counter = نعم لما هو أقل
decision-decline = لا
decision-pause = تعليق
decision-resume = استئناف
decision-revoke = إيقاف
decision-amend = مشاركة أقل

## التصدير والمحو
export-title = تصدير بياناتي
export-lead = يمكنك أخذ كل ما تحفظه خزنتك، في ملف تقرؤه برامج أخرى.
export-json = التصدير بصيغة JSON
export-csv = التصدير كجدول
export-words = الصور مذكورة في الملف، وتُنزَّل واحدة واحدة. ويُدوَّن التصدير في سجلك.
erase-title = محو كل شيء
erase-lead = يُتلف مفتاحك. ولا يمكن لأحد بعد ذلك فتح أي شيء في خزنتك.
erase-data = تزول كل بياناتك مع كل نسخها السابقة.
erase-access = تنتهي كل الأذونات فورًا.
erase-log = يحفظ السجل أن شيئًا قد كُتب، لا ما هو.
erase-brands = ما احتفظت به العلامات يبقى لديها حتى تنتهي مدته. تجد أدناه موعد حذفه.
erase-final = لا يمكن التراجع عن هذا.
erase-export-first = تصدير بياناتي أولًا
erase-sure = نعم، محو كل شيء. أعلم أنه لا يمكن التراجع عن هذا.
erase-button = محو كل شيء

## الأمان
security-title = الأمان
security-lead = اطّلع على أماكن تسجيل دخولك. أنهِ ما لا تعرفه.
security-sessions = جلساتك المفتوحة
security-began = البداية
security-ends = النهاية
security-this = هذه جلستك الآن.
security-end = إنهاء
security-more = خزنتك

## المساعدة
help-title = المساعدة
help-who = من يمكنه رؤية بياناتي؟
help-who-answer = فقط العلامات التي قلت لها نعم، وفقط ما وافقت عليه، وفقط حتى اليوم الذي اخترته. صفحتك الرئيسية تذكرها كلها.
help-stop = كيف أوقف الإذن؟
help-stop-answer = يُرجى اختيار «إيقاف الإذن» في صفحتك الرئيسية، ثم مرة أخرى في الصفحة التالية. بعدها يُرفض كل اطّلاع.
help-refused = لماذا في قائمتي اطّلاع مرفوض؟
help-refused-answer = طلبت علامة شيئًا غير مشارَك معها، أو لم يعد مشارَكًا. ولم تحصل على شيء.
help-unknown = في قائمتي اطّلاع لا أعرفه. ماذا الآن؟
help-unknown-answer = يُرجى إيقاف الإذن أولًا. ثم الكتابة إلى العلامة والجهة التي تدير هذه الخزنة، مع ذكر يوم الاطّلاع وساعته.
help-receipt = ما فائدة الإيصال؟
help-receipt-answer = يُثبت ما قررته، وعلى أي نص. ويمكن لأي شخص التحقق منه من دون سؤالنا.
help-complain = كيف أقدّم شكوى؟
help-complain-answer = بجانب كل اطّلاع وإذن وإيصال يوجد «هل هناك خطأ؟». والتقرير الناتج موجّه إلى سلطة حماية البيانات في بلدك.

## قواعد التواصل
nav-contact = التواصل معي
done-rules = حُفظت قواعد التواصل لديك.
entered-zone = لا توجد منطقة زمنية بهذا الاسم. اكتبها مثل Asia/Dubai.
entered-quiet = وقت الهدوء له أيام وبداية ونهاية.
entered-most = اكتب عددًا من 0 إلى 60.
rules-title = التواصل معي
rules-lead = تقرأ العلامات هذه القواعد حيث تشاركها. ما لم يُحدَّد غير مسموح به.
rules-none = لا قواعد لديك بعد. حدّد كيف يمكن للعلامات التواصل معك، ولا يُسمح بغير ذلك.
rules-ways = الوسيلة والغرض
rules-who = شخص أم آلة
rules-when = متى لا
rules-quiet = وقت هدوء { $number }
rules-from = من
rules-to = إلى
rules-zone = المنطقة الزمنية
rules-most = أقصى عدد للرسائل في الشهر
rules-not-before = عدم الإزعاج حتى
rules-always = مسموح دائمًا
rules-unmentioned = عدم ذكر
way-boutique = في المتجر
way-phone = الهاتف
way-whatsapp = WhatsApp
way-wechat = WeChat
way-sms = رسالة نصية
way-email = البريد الإلكتروني
way-post = البريد
way-for-orders = طلباتي
way-for-advice = نصائح
way-for-events = فعاليات
way-for-news = أخبار
day-mon = الاثنين
day-tue = الثلاثاء
day-wed = الأربعاء
day-thu = الخميس
day-fri = الجمعة
day-sat = السبت
day-sun = الأحد
always-order-ready = طلب جاهز
always-appointment = مواعيدي
always-delivery = تسليم
always-security = الأمان
always-product-recall = استدعاء منتج
unmentioned-birthday = أعياد الميلاد
unmentioned-anniversary = المناسبات السنوية
unmentioned-wedding = حفلات الزفاف
unmentioned-travel = السفر
unmentioned-sizes = المقاسات
unmentioned-purchases = المشتريات
unmentioned-household = أهل بيتي

## الاستيراد
bring-title = استيراد ملف
bring-lead = أحضر ما لديك في مكان آخر. لا يراه أحد قبل موافقتك.
bring-file = ملف، بحد أقصى 5 ميغابايت
bring-button = استيراده
bring-words = يقرأ ما يكتبه «تصدير بياناتي»، والجداول ذات العمودين attribute وvalue. كل سطر بيان واحد:
bring-again = استيراد ملف آخر
bring-unknown = لا تعرف الخزنة هذا النوع من البيانات.
bring-photo = لا تكون الصورة جزءًا من ملف بيانات.
bring-not-text = ليس هذا ملفًا نصيًا بترميز UTF-8.
bring-not-json = ليس هذا JSON.
bring-no-fields = يلزم attribute وvalue.
bring-no-columns = يلزم الجدول العمودان attribute وvalue.
bring-not-table = لا يمكن قراءة هذا السطر من الجدول.
entered-file-size = الملف أكبر من 5 ميغابايت.
entered-no-file = اختر ملفًا.
bring-taken = { $count ->
    [zero] لم يُستورد شيء.
    [one] سطر واحد الآن في خزنتك.
    [two] سطران الآن في خزنتك.
    [few] { $count } أسطر الآن في خزنتك.
    [many] { $count } سطرًا الآن في خزنتك.
   *[other] { $count } سطر الآن في خزنتك.
}
bring-double = { $count ->
    [zero] لم يكن أي سطر موجودًا.
    [one] سطر واحد كان موجودًا.
    [two] سطران كانا موجودين.
    [few] { $count } أسطر كانت موجودة.
    [many] { $count } سطرًا كان موجودًا.
   *[other] { $count } سطر كان موجودًا.
}
bring-refused = { $count ->
    [zero] استُوردت كل الأسطر
    [one] سطر واحد لم يُستورد
    [two] سطران لم يُستوردا
    [few] { $count } أسطر لم تُستورد
    [many] { $count } سطرًا لم يُستورد
   *[other] { $count } سطر لم يُستورد
}
bring-more = و{ $count } أخرى.

## Passkeys
passkey-sign-in-title = ادخل بمفتاح مرور
passkey-sign-in-words = يعرفك هاتفك أو حاسوبك بالوجه أو الإصبع أو الرمز. لا تكتب شيئاً.
passkey-sign-in-button = استخدم مفتاح مرور
passkey-no-script = تحتاج مفاتيح المرور إلى JavaScript في متصفحك. من دونه ادخل برمز الدخول.
passkey-no-support = هذا المتصفح لا يعرف مفاتيح المرور. استخدم متصفحاً أحدث أو رمز الدخول.
passkey-failed = لم ينجح ذلك ولم يتغير شيء. حاول مرة أخرى عندما تكون مستعداً.
passkey-known = لدى هذا الجهاز مفتاح مرور لهذه الخزنة. استخدم جهازاً آخر.
enrol-link = لدي دعوة
recover-link = فقدت مفاتيح المرور
enrol-title = أنشئ مفتاح المرور
enrol-lead = مفتاح المرور يفتح خزنتك. يبقى على جهازك ولا يستطيع أحد نسخه من هنا.
enrol-code = رمزك
enrol-button = أنشئ مفتاح مرور
enrol-how = جاء الرمز مع دعوتك. يعمل مرة واحدة خلال 14 يوماً.
enrol-back = العودة إلى الدخول
enrol-done = أُنشئ مفتاح المرور وأنت الآن داخل.
recovery-title = طريق عودتك
recovery-code = رمز الاستعادة
recovery-keep = اطبعه أو اكتبه الآن: يظهر مرة واحدة. إنه الطريق الوحيد للعودة إذا فقدت كل المفاتيح.
recovery-made = هذا رمز الاستعادة الجديد. الرمز السابق لم يعد يعمل.
recovery-kept = كتبته على ورق
recovery-since = لديك رمز استعادة منذ { $moment }.
recovery-none = ليس لديك رمز استعادة. إذا فقدت كل المفاتيح فلن تستطيع العودة.
recovery-new = أنشئ رمز استعادة جديداً
passkey-second-title = أضف مفتاح مرور ثانياً
passkey-second-words = مع جهازين لا تقلق إن فقدت أحدهما.
passkey-go-on = تابع من دونه
passkey-add = أضف مفتاح مرور
passkeys-title = مفاتيح مرورك
passkeys-none = ليس لديك مفتاح مرور بعد.
passkeys-few = لديك مفتاح مرور واحد. أضف ثانياً على جهاز آخر.
passkey-number = مفتاح المرور { $number }
passkey-added = أضيف
passkey-used = آخر استخدام
passkey-never-used = ليس بعد
passkey-remove = أزل مفتاح المرور
passkey-keep = احتفظ بمفتاح المرور
passkey-remove-title = إزالة مفتاح المرور هذا؟
passkey-remove-words = مفتاح المرور { $number } لن يفتح خزنتك. أزله من جهازك أيضاً.
passkey-remove-last = إنه الأخير. بعد ذلك لا يدخلك إلا رمز الاستعادة.
passkey-remove-one-left = يبقى مفتاح مرور واحد. إذا فقدته تحتاج إلى رمز الاستعادة.
recover-title = العودة من دون مفتاح مرور
recover-lead = اكتب رمز الاستعادة الذي دوّنته. يبقى صالحاً حتى تنشئ مفتاح مرور جديداً.
recover-button = تابع
recover-without = إن لم يكن لديك رمز استعادة أيضاً فاسأل من يدير هذه الخزنة.
done-passkey-added = أضيف مفتاح المرور.
done-passkey-removed = أزيل مفتاح المرور. لم يعد يفتح شيئاً.
reason-passkey-refused = مفتاح المرور لا يفتح شيئاً هنا. حاول ثانية أو استخدم غيره.
reason-passkey-not-stored = لا يستطيع هذا الجهاز حفظ مفتاح المرور. استخدم جهازاً آخر.
reason-passkey-taken = مفتاح المرور هذا معروف من قبل.
reason-ceremony-ended = استغرق ذلك أكثر من خمس دقائق أو تم من قبل. ابدأ من جديد.
reason-invitation-invalid = هذا الرمز غير صالح أو استُخدم أو انتهى. اطلب رمزاً جديداً.
reason-recovery-code-invalid = رمز الاستعادة غير صالح أو استُخدم.
reason-last-passkey = هذا آخر مفتاح مرور وليس لديك رمز استعادة. أنشئ أحدهما أولاً.
reason-too-many-passkeys = لديك 20 مفتاح مرور. أزل واحداً أولاً.
reason-passkeys-unavailable = لا تعمل مفاتيح المرور في هذا العنوان. ادخل برمز الدخول.

## كلمات أخرى
fault-slow = لم تجب الخزنة في الوقت المناسب.
fault-later = حاول مجددًا بعد دقيقة.
kept-end = حتى انتهاء الإذن، ثم يُحذف
stop-kept-end = على { $brand } حذف ما حفظته عند انتهاء الإذن.
paused-ends = يستمر التعليق { $until }.
request-asked = ما كان مطلوبًا
request-standing = تشارك بالفعل شيئًا لهذا الغرض. الرفض يبقيه كما هو، والموافقة تحل محله.
requests-title = الطلبات
requests-none = لا طلب في الانتظار.
requests-countered = في انتظار العلامة
entered-exists = يوجد واحد بالفعل. افتحه في صفحة بياناتك وصحّحه.
sign-in-token-once = تسجيل الخروج ينهيه أيضًا.
decision-accept-counter = اتفاق على الأقل
decision-suspend = موقوف
decision-reinstate = مستعاد
yes-signed = تؤكّد الموافقة بمفتاح المرور. يوقّع هذا النص وما اخترته، ولا شيء غير ذلك.
yes-no-script = تحتاج الموافقة إلى مفتاح المرور، وهو يحتاج إلى JavaScript. من دونه يمكنك الرفض أو الإيقاف المؤقت أو الإيقاف.
yes-no-support = هذا المتصفح لا يعرف مفاتيح المرور، والموافقة تحتاج إلى مفتاحك. من دونه يمكنك الرفض أو الإيقاف المؤقت أو الإيقاف.
yes-failed = لم تؤكّد بمفتاح المرور، فلم يُشارَك شيء ولم يتغير شيء. حاول مرة أخرى أو ارفض.
reason-step-up-required = تحتاج الموافقة إلى مفتاح المرور. الرفض والإيقاف المؤقت والإيقاف لا تحتاج إليه. إن لم يكن لديك مفتاح الآن فأنشئ واحداً في صفحة الأمان.
reason-signed-something-else = وقّع مفتاح المرور شيئاً غير المعروض الآن. اقرأه مرة أخرى ثم قرّر.
reason-recovery-code-already-made = أُنشئ رمز الاستعادة هذا من قبل، وهو يظهر مرة واحدة. أنشئ رمزاً جديداً إن لم تحتفظ به.
enrol-signed-in-title = جلستك مفتوحة
enrol-signed-in = سجّل الخروج أولاً، ثم افتح الرابط مرة أخرى. قد يقود إلى خزنة غير خزنتك.
enrol-reentry = بعد رمز الاستعادة يفتح مفتاح المرور الخزنة التي كانت لك. لا تستخدم إلا رمزاً يخصّك.
security-issued = أنشأته الجهة التي تدير هذه الخزنة. لا يرى أي بيانات ولا يقرّر شيئاً.
security-support = دخلت برمز. ادخل بمفتاح المرور لترى بياناتك وتقرّر.
receipt-signed = أكّدته بمفتاح المرور. التوقيع موجود في الإيصال.

## الإشعارات
nav-notices = الإشعارات
nav-notices-new = الإشعارات ({ $count } جديد)
notices-title = الإشعارات
notices-unseen = { $count ->
    [zero] لا جديد.
    [one] إشعار واحد جديد منذ زيارتك الأخيرة.
    [two] إشعاران جديدان منذ زيارتك الأخيرة.
    [few] { $count } إشعارات جديدة منذ زيارتك الأخيرة.
    [many] { $count } إشعارًا جديدًا منذ زيارتك الأخيرة.
   *[other] { $count } إشعار جديد منذ زيارتك الأخيرة.
}
notices-none = لم يحدث شيء بعد. كل جديد يظهر هنا.
notices-see = اطّلعت على هذه الإشعارات
notice-new = جديد
notice-some-brand = علامة
notice-request-waiting = تطلب { $brand } بياناتك.
notice-request-reminder = ما زالت { $brand } تنتظر. من دون جواب ينتهي طلبها بعد ثلاثة أيام.
notice-access-given = منحت إذنًا إلى { $brand }.
notice-access-changed = تشارك أقل مع { $brand }.
notice-access-on = عاد إذن { $brand } إلى العمل.
notice-access-paused = علّقت إذن { $brand }.
notice-access-held = إذن { $brand } موقوف مؤقتًا.
notice-access-stopped = أوقفت إذن { $brand }.
notice-access-ended = انتهى إذن { $brand } من تلقاء نفسه.
notice-access-ends = ينتهي إذن { $brand } بعد { $days } يومًا. لا حاجة إلى فعل شيء لينتهي.
notice-still-sharing = ما زلت تشارك بيانات. يمكنك أن ترى من يراها ولماذا وحتى متى.
notice-first-read = اطّلعت { $brand } على بياناتك للمرة الأولى.
notice-read-refused = طلبت { $brand } الاطّلاع ورُفض طلبها.
notice-support = أجرت الجهة التي تدير هذه الخزنة عملًا على حسابك.
notice-support-token = أصدرت الجهة التي تدير هذه الخزنة رمز دخول.
notice-support-customer-invited = دعتك الجهة التي تدير هذه الخزنة إلى إنشاء مفتاح مرور.
notice-support-identifier-added = أضافت الجهة التي تدير هذه الخزنة وسيلة تجدك بها العلامات.
notice-support-identifier-removed = أزالت الجهة التي تدير هذه الخزنة وسيلة تجدك بها العلامات.
notice-passkey-added = أُضيف مفتاح مرور.
notice-passkey-removed = أُزيل مفتاح مرور.
notice-recovery-code = استُخدم رمز الاستعادة أو استُبدل.
notice-export-made = جرى تصدير بياناتك.
notice-complaint-filed = قدّمت شكوى.
notice-complaint-closed = أُغلقت إحدى شكاواك.
notice-unknown = حدث شيء في خزنتك.
done-seen = اطّلعت على كل شيء.
done-told = حُفظ. من الآن تصلك الإشعارات هكذا.
notices-settings-title = ما يصلني
notices-settings-lead = يظهر كل إشعار هنا فورًا. يمكن اختيار ما يصلك أيضًا بالبريد الإلكتروني.
notices-settings-mail = الرسالة تقول فقط إن هناك جديدًا. لا تذكر علامة ولا شيئًا من بياناتك.
notices-mail-demo = هذا عرض تجريبي: لا تُرسل أي رسالة.
notices-mail-none = هذه الخزنة لا ترسل بريدًا إلكترونيًا. كل الإشعارات هنا.
notices-mail-address = لا يوجد في خزنتك بريد إلكتروني، فلا يُرسل شيء.
notices-mail-language = لغة الرسائل
notices-mail-language-own = لغة حسابي
notices-settings-must = الإيصالات وتذكير التسعين يومًا يجب أن تصلك، فلا يمكن إيقافها. وما يخص دخولك لا يؤجَّل.
topic-requests = علامة تطلب شيئًا
topic-receipts = إذن مُنح أو تغيّر أو عُلّق أو أوقف أو انتهى
topic-ending = إذن ينتهي بعد 14 يومًا وبعد 3 أيام
topic-sharing = ما زلت أشاركه، كل 90 يومًا
topic-reads = أول اطّلاع والاطّلاع المرفوض
topic-security = مفاتيح المرور ورموز الاستعادة والمساعدة
topic-vault = التصدير والشكاوى
mail-at-once = فورًا
mail-daily = مرة في اليوم، الساعة 8
mail-off = من دون بريد
mail-subject = جديد في خزنتك
mail-new = هناك جديد في خزنتك.
mail-look = للاطّلاع:
mail-change = لتغيير ما يصلك:
mail-why = هذه الرسالة لا تذكر أحدًا ولا شيئًا عن قصد.

## هل يُمنع هذا؟
check-title = هل يُمنع هذا؟
check-lead = جرّب ما يمكن لعلامة أن تفعله وفق قواعدك. لا يُرسل شيء، ولا تُبلَّغ أي علامة.
check-no-brands = لم تطلب منك أي علامة شيئًا بعد.
check-brand = أي علامة
check-channel = كيف
check-purpose = لأجل ماذا
check-occasion = عن ماذا
check-occasion-none = شيء آخر
check-author = من يكتب
check-person = شخص
check-draft = آلة تصوغ وشخص يرسل
check-machine = آلة
check-day = اليوم
check-time = الوقت
check-made = رسائل هذه العلامة قبل ذلك في الشهر نفسه
check-button = تجربة
check-again = تجربة شيء آخر
check-allowed = رسالة من { $brand } تمرّ.
check-because-way = تسمح بهذا: { $way }، { $purpose }.
check-because-always = هذا مسموح دائمًا: { $what }.
check-blocked = رسالة من { $brand } تُمنع، لأن:
block-no-access = ليس لدى { $brand } إذن على بياناتك في ذلك الوقت.
block-no-rules = ليست لديك قواعد تواصل بعد، فلا شيء مسموح.
block-unreadable = تتعذر قراءة قواعد التواصل، فلا شيء مسموح. يُرجى حفظها من جديد.
block-way = لا تسمح بهذا: { $way }، { $purpose }.
block-person-only = لا يتواصل معك إلا شخص.
block-person-sends = يجب أن يرسلها شخص.
block-left-alone = تريد ألا يزعجك أحد حتى { $date }.
block-quiet = هذا وقت هدوء، حتى { $until }.
block-month = { $count ->
    [zero] لا تسمح بأي رسالة.
    [one] تسمح برسالة واحدة في الشهر، وقد أُرسلت.
    [two] تسمح برسالتين في الشهر، وقد أُرسلتا.
    [few] تسمح بعدد { $count } رسائل في الشهر، وقد أُرسلت.
    [many] تسمح بعدد { $count } رسالة في الشهر، وقد أُرسلت.
   *[other] تسمح بعدد { $count } رسالة في الشهر، وقد أُرسلت.
}
entered-brand = يُرجى اختيار علامة.
entered-when = يُرجى كتابة يوم ووقت.
entered-made = يُرجى كتابة عدد من 0 فما فوق.

## الشكاوى
complaints-title = الشكاوى
complaints-lead = شكاواك وما آلت إليه. كل شكوى مكتوبة في سجلك.
complaints-none = لم تقدّم شكوى. يوجد الرابط بجانب كل اطّلاع وإذن وإيصال.
complaint-link = هل هناك خطأ؟
complaint-title = هل هناك خطأ؟
complaint-about = الموضوع
complaint-what = ما الأمر؟
complaint-not-recognised = لا أعرف هذا
complaint-not-recognised-words = لا تعرف من اطّلع أو لماذا.
complaint-deletion = طلب الحذف
complaint-deletion-words = تريد أن تحذف العلامة ما حصلت عليه.
complaint-report = الإبلاغ عنه
complaint-report-words = ترى أن قاعدة لم تُحترم.
complaint-text = كلماتك
complaint-share = يمكن للجهة التي تدير هذه الخزنة قراءة هذه الشكوى.
complaint-sealed = كلماتك مشفّرة بمفتاحك. من دون علامة، لا ترى الجهة إلا النوع والوقت.
complaint-file = تقديم
complaint-open = مفتوحة. لم يجب أحد بعد.
complaint-taken-back = سحبتها.
complaint-answered = تمت الإجابة
complaint-filed = تاريخ التقديم
complaint-shared = يمكن للجهة التي تدير هذه الخزنة قراءة هذا.
complaint-unshared = لا يقرأ هذا أحد سواك.
complaint-answer = الجواب
complaint-authority = المضي أبعد
complaint-authority-words = هذا التقرير موجّه إلى سلطة حماية البيانات في بلدك. قيد السجل ودليله في الملف.
complaint-download = تنزيل التقرير
complaint-take-back = سحبها
complaint-take-back-words = عندئذ تُغلق. ويحتفظ السجل بأنها قُدّمت.
done-complained = قُدّمت شكواك وكُتبت في سجلك.
done-taken-back = سحبتها. وهي مغلقة.
entered-complaint = النص طويل جدًا. الحد الأقصى 2000 حرف.
reason-too-many-complaints = هناك مئة شكوى مفتوحة. يُرجى سحب واحدة أولًا.
reason-complaint-closed = هذه الشكوى مغلقة بالفعل.
report-title = شكوى بشأن استخدام بياناتي الشخصية
report-to = إلى سلطة حماية البيانات في
report-from = اسمي
report-reach = وسيلة التواصل معي
report-attached = مرفق أدناه: قيود السجل، لكل منها بصمتها، وأدلتها.
report-check = يمكن لأي شخص التحقق من الإيصالات والأدلة بالأمر: coffret verify receipt

## ما يجب على العلامات حذفه
deletions-title = ما يجب على العلامات حذفه
deletions-lead = تحذف العلامات ما خزّنته عند انتهاء مدته. هنا ترى الموعد، وهل أكّدت ذلك.
deletions-none = لم تخزّن أي علامة شيئًا منك.
deletions-who = العلامة
deletions-what = البيانات
deletions-when = الموعد
deletions-state = الحالة
deletions-on = الإذن سارٍ. كل اطّلاع يبدأ المدة من جديد.
deletions-waiting = ما زال هناك وقت حتى ذلك الموعد.
deletions-done = قالت العلامة في { $date } إنها حذفته.
deletions-late = فات الموعد. لم تقل العلامة إنها حذفته.
deletions-link = عرض ما يجب على العلامات حذفه
