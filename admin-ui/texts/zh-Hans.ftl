# 各页面的简体中文文本。以“您”相称，句子简短，一词一义：
# 授权、品牌、理由、至、停止、暂停、查阅、回执。
# 欢迎母语读者校阅。

## 每个页面的四周
skip = 跳到正文
demo-banner = 演示：这里的人和事均为虚构。
nav-label = 页面
nav-access = 谁能看到
nav-data = 我的数据
nav-reads = 每次查阅
nav-receipts = 回执
nav-security = 安全
nav-help = 帮助
languages = 语言
drafted = 本语言由机器起草。还没有人审阅过。
sign-out = 退出登录
go-home = 看看谁能看到我的数据
go-back = 返回
older = 显示更早的
list-comma = {"、"}
yes = 是
no = 否
optional-field = （可以留空）
one-a-line = 每行一项。
row = 第{ $number }行

## 时刻
until-over = 至{ $date }（已结束）
until-hours = 至{ $date }，还有{ $hours }小时
until-days = 至{ $date }，还有{ $days }天
left-over = { $date }（已结束）
left-hours = { $date }，还有{ $hours }小时
left-days = { $date }，还有{ $days }天
ago-now = { $moment }，刚刚
ago-minutes = { $moment }，{ $minutes }分钟前
ago-hours = { $moment }，{ $hours }小时前
ago-days = { $moment }，{ $days }天前

## 出了什么问题
fault-missing-title = 这里没有内容
fault-missing = 这个地址没有对应的页面，或者原有的内容已不存在。
fault-foreign-title = 未发送
fault-foreign = 此表单不是来自您现在打开的页面。请重新打开页面，再从那里发送。
fault-entered-title = 请再看一看
fault-nothing-changed = 没有任何更改。
fault-unreachable-title = 无法连接保险箱
fault-unreachable = 我们无法连接保险箱。在此期间，没有人能通过它查阅您的数据。
fault-outcome-unknown = 不确定您的上一步是否已完成。请过一分钟再看此页面。
fault-try-again = 没有任何更改。请过一分钟再试。
fault-reference = 供服务台查询的编号：{ $reference }
fault-refused-title = 此操作未完成
entered-unreadable = 无法读取此表单。
entered-token = 此登录码打不开任何内容。可能输入有误，或者已经结束。
entered-language = 没有这种语言。
entered-term = 请选择多长时间。
entered-answer = 请选择一个答复。
entered-nothing-left = 这样就没有可分享的内容了。若什么都不想分享，请选择“不分享”。
entered-sure = 请勾选方框，表示您已确定。
reason-notice-changed = 品牌在请求之后更改了文本。您可以拒绝；如需分享，品牌须重新请求。
reason-purpose-changed = { reason-notice-changed }
reason-request-already-decided = 您已经答复过此请求。
reason-request-lapsed = 此请求已失效。
reason-request-withdrawn = 品牌已撤回此请求。
reason-request-closed = 此请求已经关闭。
reason-request-countered = 您已经提议减少。品牌尚未答复。
reason-grant-revoked = 您已经停止此授权。
reason-grant-expired = 此授权已经结束。
reason-grant-exhausted = 此授权的查阅次数已全部用完。
reason-grant-superseded = 另一项授权已取代此授权。请看您的首页。
reason-grant-already-paused = 此授权已经处于暂停中。
reason-grant-not-paused = 此授权没有暂停。
reason-terms-not-narrower = 这会多于所请求或已给予的内容。您只能选择更少。
reason-terms-unchanged = 这与原来相同。
reason-version-mismatch = 您打开页面之后，此内容有了更改。请重新打开。
reason-rate-limited = 短时间内次数过多。请等一分钟。
reason-permission-denied = 您的登录不允许此操作。如果您有通行密钥，请用它登录。

## 登录
sign-in-title = 您的数据，您来决定。
sign-in-lead = 在这里，您可以看到谁能看到您的数据、为什么、到什么时候。您可以随时停止。
sign-in-token-title = 用登录码登录
sign-in-token-words = 登录码由此保险箱的管理方给您。它只属于您，并会自行结束。
sign-in-token-label = 登录码
sign-in-token-button = 登录
sign-in-promise = 没有您的同意，没有人会在这里查阅您的数据。每次查阅都先记录，再答复。
demo-title = 以其中一人的身份试用
demo-words = 这是演示。请选择一位虚构人物，不需要登录码。

## 首页
home-title = 谁能看到我的数据
home-sees = { $count ->
    [0] 没有品牌能看到您的数据。
   *[other] 有{ $count }个品牌能看到一些数据。
}
home-asks = { $count ->
   *[other] 有{ $count }项请求等待您答复。
}
home-last = 最近一次查阅：{ $moment }，{ $brand }。
home-never = 还没有人查阅过您的数据。
home-waiting = 等待您的答复
home-waiting-more = { $count ->
   *[other] 之后还有{ $count }项在等待。
}
home-open = 您的授权
home-nobody = 没有人能看到您的数据。在您同意之前，不会分享任何内容。
home-past = 已结束的授权
past-title = 已结束的授权
past-none = 目前没有已结束的授权。
past-used = { $count ->
    [0] 从未使用过。
   *[other] 使用过{ $count }次。
}
request-asks = 请求的数据：{ $data }
request-lapses = 答复期限：{ $until }。不答复则不会新增任何分享。
request-open = 阅读 { $brand } 的请求
card-data = 数据
card-reason = 理由
card-until = 截止
card-read = 查阅
card-reads = { $count ->
   *[other] { $count }次，最近一次：{ $moment }
}
card-unread = 尚未查阅。
and-more = { $list }，另有{ $count }项
stop = 停止授权
of-brand = （{ $brand }）
details = 查看详情
details-resume = 查看详情或恢复
pause-all = 全部暂停
pause-all-title = 暂停所有授权？
pause-all-words = 所有生效中的授权都会暂停，直到您恢复。每项授权在各自页面恢复。
stop-all = 停止所有授权
stop-all-title = 永久停止所有授权？
stop-all-words = 所有授权立即结束。品牌可以再次请求，您也可以再次决定。
keep-as-it-is = 保持原样

## 结果如何
done-approved = 您现在分享这些数据。这是您的回执。
done-countered = 您提议减少分享。在品牌同意之前，不会新增任何分享。这是您的回执。
done-declined = 您已拒绝。不会新增任何分享。品牌不会得知原因。
done-stopped = 授权已停止。不再有人凭此授权查阅。
done-paused = 授权已暂停。任何人都无法据此查阅。
done-resumed = 授权已恢复。
done-narrowed = 从现在起，您分享得更少。
done-stopped-all = 所有授权已停止。
done-paused-all = 所有生效中的授权均已暂停。
done-added = 已存入您的保险箱，并已加密。
done-corrected = 已更正。
done-deleted = 已删除。
done-ended = 此登录已结束。
done-language = 语言已更改。
done-unchanged = 没有任何更改：您的选择与原来相同。
done-erased = 全部内容已清除。您的密钥已销毁，您的任何数据都无法再打开。

## 一项请求
request-title = { $brand } 的请求
request-why = 为什么
request-text = 文本{ $version }，{ $language }。您的答复只对应这份文本。
request-no-notice = 无法显示品牌为此提供的文本。在能显示之前，请不要分享。
request-needed = 必需的内容
request-optional = 可选的内容
request-optional-words = 这些默认不选。请勾选您还想分享的内容。
request-what = 哪些数据
request-rules = 可以如何使用
request-how-long = 多长时间？
request-stop-title = 如何停止
request-stop = 您可以随时在首页停止，只需两步。此后 { $brand } 不能再查阅任何内容。
request-approved = 您同意了 { $brand } 的请求。
request-declined = 您拒绝了{ $brand }。不会新增任何分享。
request-countered = 您向{ $brand }提议减少分享。在其同意之前，不会新增任何分享。
request-withdrawn = { $brand }已撤回此请求。不会新增任何分享。
request-rejected = { $brand }未接受减少的提议。不会新增任何分享。
request-lapsed = 此请求已失效。不会新增任何分享。
request-offered = 您提议的内容
share = 分享这些
do-not-share = 不分享
offer-less = 提议减少
decide-later = 以后再决定
ask-a-question = 提一个问题
preview = 您现在的数据
preview-none = 您的保险箱里没有这类数据。
preview-masked = 它只以较粗略的形式离开您的保险箱。
term-once = 一次，仅查阅一次
term-days = { $days ->
   *[other] { $days }天
}
term-asked = 与请求的时间相同
less-title = 提议减少
less-lead = 请选择您愿意分享的内容。如果{ $brand }需要更多，则不会新增任何分享。
offer-this = 提议这些
item-needed = （必需）
item-none = 完全不分享
narrow-title = 减少分享
narrow-lead = 请选择 { $brand } 仍能看到的内容。立即生效。
share-less = 减少分享

## 条款的说明
view-raw = 原样
view-masked = 以较粗略的形式
view-answer = 仅一个结论
terms-mode = 品牌可以做什么
mode-view = 查阅，但不保留
mode-store = 查阅，并保留一段时间
mode-query = 提问；只有回答离开您的保险箱
mode-stream = 在新数据产生时接收
terms-often = 多久一次
often-once = 一次
often-uses = { $count ->
   *[other] 共查阅{ $count }次
}
often-hour = { $count ->
   *[other] 每小时最多{ $count }次
}
often-day = { $count ->
   *[other] 每天最多{ $count }次
}
often-month = { $count ->
   *[other] 每月最多{ $count }次
}
often-free = 按品牌的需要，不限次数
terms-range = 哪段时间的数据
range-months = { $count ->
   *[other] 最近{ $count }个月
}
range-between = { $from }至{ $to }
range-from = { $from }起
range-to = { $to }之前
range-all = 全部时间
terms-from = 开始
terms-until = 结束
terms-kept = 品牌保留多长时间
kept-not = 品牌不保留任何内容
kept-days = { $days ->
   *[other] { $days }天，之后删除
}
terms-onward = 还有谁会得到
onward-nobody = 没有人
terms-predictions = 关于您的预测
predictions-no = 不作预测
predictions-yes = 可以据此作出预测
terms-contact = 谁给您写信
contact-none = 仅由真人
contact-drafts = 机器起草，真人发送
contact-yes = 机器可以发送

## 授权
grant-active = 授权有效。
grant-paused = 授权已暂停。
grant-revoked = 您停止了此授权。
grant-expired = 此授权已自行结束。
grant-exhausted = 查阅次数已全部用完。
grant-superseded = 另一项授权已取代它。
grant-suspended = 授权已冻结。品牌更改了文本，或者品牌本身已被冻结。
pause = 暂停
pause-for = 暂停时间
pause-open = 直到我恢复
resume = 恢复授权
keep = 保持授权
access-what = 品牌能看到什么
access-promise = 已离开您保险箱的数据在 { $brand } 手中。品牌已书面承诺遵守这些规则。
access-reads = { $count ->
    [0] 查阅
   *[other] { $count }次查阅
}
access-all-reads = 此品牌的所有查阅
access-before = 此前的授权
stop-title = 停止 { $brand } 的授权？
stop-words = 此后 { $brand } 不能再查阅任何内容：{ $data }。
stop-kept-not = { $brand } 不保留所看到的任何内容。
stop-kept = { $brand } 必须在{ $days }天内删除所保留的内容。

## 我的数据
data-title = 我的数据
data-lead = 这是您的保险箱中关于您的全部数据。它们用您自己的密钥加密。
data-add = 添加内容
data-none = 您的保险箱是空的。请添加您希望别人了解的内容。
data-seen-by = { $brands } 能看到
data-source = 从哪里来
source-import = 由导入而来
source-customer = 由您填写
data-who = 谁能看到
data-nobody = 没有人
data-correct = 更正
data-delete = 删除
data-save = 保存
data-back = 返回我的数据
data-not-saved = 此内容未保存。您填写的内容还在这里。
data-sensitive = 这是敏感数据。请只在必要时分享。
add-title = 添加内容
add-lead = 请选择要添加什么。在您同意某个品牌之前，没有人能看到。
delete-title = 删除“{ $title }”？
delete-words = 它会连同所有早期版本一起永久删除。品牌已有的内容不会因此改变。
family-identity = 关于您
family-contact = 如何联系您
family-address = 地址
family-body = 身体尺寸和尺码
family-style = 品味
family-purchase = 购买记录
family-browsing = 心愿
family-occasion = 重要日子
family-location = 地点和旅行
family-delivery = 收货
family-sustainability = 爱护地球
family-rules = 联系规则
family-feedback = 意见
family-household = 家庭
family-photo = 照片

## 每次查阅
reads-title = 每次查阅
reads-lead = 每一次有人请求您的数据，都列在这里，并附上所给的理由。被拒绝的查阅也在其中。
reads-result = 结果
reads-brand = 品牌
reads-every-brand = 所有品牌
reads-filter = 显示
reads-all = 已提供和已拒绝
reads-shown = 已提供
reads-refused = 已拒绝
reads-none = 还没有人查阅过您的数据。
reads-none-here = 本页没有。
reads-when = 时间
reads-who = 谁
reads-data = 数据
reads-reason = 所给的理由
reads-access = 查看此授权
reads-unknown = 有您不清楚来由的查阅？
read-shown = 已提供
read-refused = 已拒绝
refused-grant-revoked = 已拒绝：您已停止授权
refused-grant-paused = 已拒绝：您已暂停授权
refused-grant-expired = 已拒绝：授权已结束
refused-grant-exhausted = 已拒绝：查阅次数已全部用完
refused-frequency-exceeded = 已拒绝：过于频繁
refused-no-access = 已拒绝：没有授权
refused-attribute-not-granted = 已拒绝：未分享
refused-view-not-granted = 已拒绝：超出所分享的内容
refused-grant-not-yet-valid = 已拒绝：时间过早
refused-grant-suspended = 已拒绝：授权已冻结

## 回执
receipts-title = 回执
receipts-lead = 每个决定都有一份回执，决定不分享时也有。回执经过签名，以后没有人能更改。
receipts-none = 您还没有作出任何决定。
receipt-title = 回执
receipt-decision = 决定
receipt-brand = 品牌
receipt-when = 时间
receipt-text = 您看到的文本
receipt-text-words = 文本{ $version }，{ $language }，指纹如下：
receipt-proof = 证明
receipt-valid = 它与写下时一致：刚刚核对过。
receipt-invalid = 它与写下的内容不一致。请告知服务台。
receipt-waiting = 它正在写入公开日志。请过几秒再看。
receipt-logged = 它已写入公开日志，没有人能更改。
receipt-download = 下载回执
receipt-download-proof = 下载证明
receipt-check = 任何人都可以自行核对这两者，不必通过我们：
decision-approve = 同意
decision-counter = 同意减少后的内容
decision-decline = 不分享
decision-pause = 已暂停
decision-resume = 已恢复
decision-revoke = 已停止
decision-amend = 已减少分享

## 导出和清除
export-title = 导出我的数据
export-lead = 取走您保险箱中的全部内容，存成其他程序可读的文件。
export-json = 导出为 JSON
export-csv = 导出为表格
export-words = 文件中列出照片的名称，照片需逐张下载。此次导出会记录在您的日志中。
erase-title = 清除全部内容
erase-lead = 您的密钥会被销毁。任何人都无法再打开您保险箱中的任何内容。
erase-data = 您的全部数据都会消失，包括所有早期版本。
erase-access = 所有授权立即结束。
erase-log = 日志只留下曾有内容写入的记录，不留下内容本身。
erase-brands = 品牌已保留的内容会留在品牌处，直到期满。删除期限见下表。
erase-final = 此操作无法撤销。
erase-export-first = 先导出我的数据
erase-sure = 是，清除全部内容。我知道此操作无法撤销。
erase-button = 清除全部内容

## 安全
security-title = 安全
security-lead = 查看您在哪里登录。请结束您不认识的登录。
security-sessions = 您在哪里登录
security-began = 开始
security-ends = 结束
security-this = 这是您现在的登录。
security-end = 结束此登录
security-more = 您的保险箱

## 帮助
help-title = 帮助
help-who = 谁能看到我的数据？
help-who-answer = 只有您同意的品牌，只限您同意的内容，只到您选定的那一天。您的首页列出所有这些品牌。
help-stop = 如何停止？
help-stop-answer = 在首页选择“停止授权”，在下一页再选一次。从那时起，每次查阅都会被拒绝。
help-refused = 为什么我的列表中有被拒绝的查阅？
help-refused-answer = 某个品牌请求了您没有分享或不再分享的内容。它什么也没有得到。
help-unknown = 有一次查阅我不清楚来由。怎么办？
help-unknown-answer = 请先停止授权。然后写信给品牌和此保险箱的管理方，说明查阅的日期和时间。
help-receipt = 回执有什么用？
help-receipt-answer = 它证明您作出了什么决定，以及针对哪份文本。任何人都可以核对，不必问我们。
help-complain = 如何投诉？
help-complain-answer = 每次查阅、授权和回执旁都有“有什么不对吗？”。所得报告可交给您所在国家或地区的数据保护机构。

## 联系规则
nav-contact = 联系我
done-rules = 您的联系规则已保存。
entered-zone = 没有这个时区。请写成 Asia/Shanghai 这样的形式。
entered-quiet = 安静时段需要星期、开始和结束时间。
entered-most = 请输入 0 到 60 的数字。
rules-title = 联系我
rules-lead = 您分享这些规则后，品牌即可查阅。未勾选的一律不允许。
rules-none = 您还没有规则。请勾选品牌可以如何联系您，其余一律不允许。
rules-ways = 方式与用途
rules-who = 真人还是机器
rules-when = 何时不要联系
rules-quiet = 安静时段 { $number }
rules-from = 从
rules-to = 到
rules-zone = 时区
rules-most = 每月最多消息数
rules-not-before = 在此日期之前请勿打扰
rules-always = 始终允许
rules-unmentioned = 请勿提及
way-boutique = 门店
way-phone = 电话
way-whatsapp = WhatsApp
way-wechat = 微信
way-sms = 短信
way-email = 电子邮件
way-post = 邮寄
way-for-orders = 我的订单
way-for-advice = 建议
way-for-events = 活动
way-for-news = 资讯
day-mon = 周一
day-tue = 周二
day-wed = 周三
day-thu = 周四
day-fri = 周五
day-sat = 周六
day-sun = 周日
always-order-ready = 订单已备好
always-appointment = 我的预约
always-delivery = 送货
always-security = 安全
always-product-recall = 产品召回
unmentioned-birthday = 生日
unmentioned-anniversary = 纪念日
unmentioned-wedding = 婚礼
unmentioned-travel = 旅行
unmentioned-sizes = 尺码
unmentioned-purchases = 购买记录
unmentioned-household = 家人

## 导入
bring-title = 导入文件
bring-lead = 导入您在别处的数据。在您同意之前，任何人都看不到。
bring-file = 文件，最大 5 MB
bring-button = 导入
bring-words = 可读取“导出我的数据”生成的文件，以及含 attribute 和 value 两列的表格。每行一条记录：
bring-again = 导入另一个文件
bring-unknown = 保险箱不认识这类数据。
bring-photo = 照片不能放在数据文件中。
bring-not-text = 这不是 UTF-8 文本文件。
bring-not-json = 这不是 JSON。
bring-no-fields = 需要 attribute 和 value。
bring-no-columns = 表格需要 attribute 和 value 两列。
bring-not-table = 无法读取表格的这一行。
entered-file-size = 文件超过 5 MB。
entered-no-file = 请选择文件。
bring-taken = { $count ->
    [0] 未导入任何内容。
   *[other] 已有 { $count } 行存入您的保险箱。
}
bring-double = 其中 { $count } 行此前已存在。
bring-refused = { $count } 行未导入
bring-more = 还有 { $count } 行。

## Passkeys
passkey-sign-in-title = 用通行密钥登录
passkey-sign-in-words = 手机或电脑凭面容、指纹或 PIN 认出您。您无需输入任何内容。
passkey-sign-in-button = 使用通行密钥
passkey-no-script = 通行密钥需要浏览器启用 JavaScript。没有它时，请用访问码登录。
passkey-no-support = 此浏览器不支持通行密钥。请换用较新的浏览器，或用访问码登录。
passkey-failed = 没有成功，也没有任何改变。准备好后请再试一次。
passkey-known = 此设备已有这个保险库的通行密钥。请使用另一台设备。
enrol-link = 我有邀请
recover-link = 我丢失了通行密钥
enrol-title = 创建您的通行密钥
enrol-lead = 通行密钥是您保险库的钥匙。它保存在您的设备上，没有人能从这里复制它。
enrol-code = 您的代码
enrol-button = 创建通行密钥
enrol-how = 代码随邀请发给您。它只能用一次，14 天内有效。
enrol-back = 返回登录
enrol-done = 通行密钥已创建，您已登录。
recovery-title = 找回途径
recovery-code = 恢复码
recovery-keep = 请立即打印或抄下：它只显示一次。丢失所有通行密钥时，这是唯一的找回途径。
recovery-made = 这是新的恢复码。之前的已失效。
recovery-kept = 我已写在纸上
recovery-since = 您的恢复码创建于 { $moment }。
recovery-none = 您没有恢复码。若丢失所有通行密钥，将无法找回。
recovery-new = 生成新的恢复码
passkey-second-title = 添加第二个通行密钥
passkey-second-words = 有两台设备，丢一台也无妨。
passkey-go-on = 暂不添加，继续
passkey-add = 添加通行密钥
passkeys-title = 您的通行密钥
passkeys-none = 您还没有通行密钥。
passkeys-few = 您只有一个通行密钥。请在另一台设备上再添加一个。
passkey-number = 通行密钥 { $number }
passkey-added = 添加时间
passkey-used = 上次使用
passkey-never-used = 尚未使用
passkey-remove = 移除通行密钥
passkey-keep = 保留通行密钥
passkey-remove-title = 移除此通行密钥？
passkey-remove-words = 通行密钥 { $number } 将不再能打开保险库。也请从设备上删除它。
passkey-remove-last = 这是最后一个。之后只有恢复码能让您进入。
passkey-remove-one-left = 之后只剩一个通行密钥。若丢失，您需要恢复码。
recover-title = 没有通行密钥时找回
recover-lead = 请输入您抄下的恢复码。在您创建新的通行密钥之前，它一直有效。
recover-button = 继续
recover-without = 如果也没有恢复码，请联系保险库的运营者。
done-passkey-added = 通行密钥已添加。
done-passkey-removed = 通行密钥已移除，不再能打开任何内容。
reason-passkey-refused = 此通行密钥在这里打不开任何内容。请重试或换用另一个。
reason-passkey-not-stored = 此设备无法保存这样的通行密钥。请使用另一台设备。
reason-passkey-taken = 此通行密钥已登记。
reason-ceremony-ended = 用时超过五分钟，或已完成过。请重新开始。
reason-invitation-invalid = 此代码无效、已用过或已过期。请索取新的代码。
reason-recovery-code-invalid = 此恢复码无效或已用过。
reason-last-passkey = 这是最后一个通行密钥，且没有恢复码。请先创建其中之一。
reason-too-many-passkeys = 您已有 20 个通行密钥。请先移除一个。
reason-passkeys-unavailable = 此地址无法使用通行密钥。请用访问码登录。

## 其他用语
fault-slow = 保险箱未及时应答。
fault-later = 请一分钟后再试。
kept-end = 直到授权结束，之后删除
stop-kept-end = 授权结束时，{ $brand }必须删除其保存的内容。
paused-ends = 暂停{ $until }。
request-asked = 所请求的内容
request-standing = 您已为此目的分享了内容。拒绝不会改变它；同意则会取代它。
requests-title = 请求
requests-none = 没有待处理的请求。
requests-countered = 等待品牌答复
entered-exists = 已有一条记录。请在您的数据页面打开并更正。
sign-in-token-once = 退出登录也会使其失效。
decision-accept-counter = 同意减少
decision-suspend = 已搁置
decision-reinstate = 已恢复
yes-signed = 同意时，您用通行密钥确认。它只为这段文字和您的选择签名。
yes-no-script = 同意需要通行密钥，而通行密钥需要 JavaScript。没有它，您仍可拒绝、暂停或停止。
yes-no-support = 此浏览器不支持通行密钥，而同意需要它。没有它，您仍可拒绝、暂停或停止。
yes-failed = 您没有用通行密钥确认，因此没有分享或更改任何内容。请再试一次，或选择不分享。
reason-step-up-required = 同意需要您的通行密钥。拒绝、暂停和停止都不需要。如果您现在没有，请在“安全”页创建一个。
reason-signed-something-else = 您的通行密钥所签的内容与现在显示的不同。请重新阅读，再作决定。
reason-recovery-code-already-made = 这个恢复码已经创建过，而且只显示一次。如果您没有留存，请再创建一个。
enrol-signed-in-title = 您已登录
enrol-signed-in = 请先退出登录，再重新打开链接。它可能通向别人的保险箱。
enrol-reentry = 使用恢复码之后，通行密钥打开的是您原有的保险箱。请只使用您自己的代码。
security-issued = 这是保险箱的管理方创建的。它看不到数据，也不能作任何决定。
security-support = 您是用登录码进入的。要查看数据和作决定，请用通行密钥登录。
receipt-signed = 您已用通行密钥确认。回执中含有签名。

## 通知
nav-notices = 通知
nav-notices-new = 通知（{ $count }条新）
notices-title = 通知
notices-unseen = { $count ->
    [0] 没有新内容。
   *[other] 自您上次访问以来有{ $count }条新通知。
}
notices-none = 尚未发生任何事。有事时会显示在这里。
notices-see = 我已看过这些
notice-new = 新
notice-some-brand = 某品牌
notice-request-waiting = { $brand }请求查看您的数据。
notice-request-reminder = { $brand }仍在等待。若不答复，请求将在三天后失效。
notice-access-given = 您已向{ $brand }授权。
notice-access-changed = 您减少了与{ $brand }分享的内容。
notice-access-on = { $brand }的授权已恢复。
notice-access-paused = 您已暂停{ $brand }的授权。
notice-access-held = { $brand }的授权被搁置。
notice-access-stopped = 您已停止{ $brand }的授权。
notice-access-ended = { $brand }的授权已自行结束。
notice-access-ends = { $brand }的授权将在{ $days }天后结束。您无需操作，它会自行结束。
notice-still-sharing = 您仍在分享数据。请看谁能看到、为何以及到何时。
notice-first-read = { $brand }首次查阅了您的数据。
notice-read-refused = { $brand }请求查阅，已被拒绝。
notice-support = 此保险箱的管理方对您的账户进行了操作。
notice-support-token = 此保险箱的管理方签发了一个登录码。
notice-support-customer-invited = 此保险箱的管理方邀请您创建通行密钥。
notice-support-identifier-added = 此保险箱的管理方为品牌添加了一种找到您的方式。
notice-support-identifier-removed = 此保险箱的管理方移除了一种找到您的方式。
notice-passkey-added = 已添加一个通行密钥。
notice-passkey-removed = 已移除一个通行密钥。
notice-recovery-code = 您的恢复码已被使用或更换。
notice-export-made = 您的数据已导出。
notice-complaint-filed = 您提交了一项投诉。
notice-complaint-closed = 您的一项投诉已结束。
notice-unknown = 您的保险箱中发生了一件事。
done-seen = 您已全部看过。
done-told = 已保存。今后将按此通知您。
notices-settings-title = 我会收到什么
notices-settings-lead = 每条通知都会立即显示在这里。请选择哪些也通过电子邮件告知您。
notices-settings-mail = 邮件只说有新内容。不提任何品牌，也不提您的任何数据。
notices-mail-demo = 这是演示：不会发送任何邮件。
notices-mail-none = 此保险箱不发送邮件。所有通知都在这里。
notices-mail-address = 您的保险箱里没有电子邮箱地址，因此不发送邮件。
notices-mail-language = 邮件语言
notices-mail-language-own = 我账户的语言
notices-settings-must = 回执和90天提醒必须送达您，不能关闭。有关登录的消息不能延后。
topic-requests = 品牌提出请求
topic-receipts = 授权的给予、更改、暂停、停止或结束
topic-ending = 将在14天和3天后结束的授权
topic-sharing = 每90天：我仍在分享什么
topic-reads = 首次查阅和被拒绝的查阅
topic-security = 通行密钥、恢复码和客服
topic-vault = 导出和投诉
mail-at-once = 立即
mail-daily = 每天一次，8点
mail-off = 不发邮件
mail-subject = 您的保险箱有新内容
mail-new = 您的保险箱有新内容。
mail-look = 请在此查看：
mail-change = 更改您收到的内容：
mail-why = 本邮件特意不提任何人和任何事。

## 这会被拦下吗？
check-title = 这会被拦下吗？
check-lead = 试试品牌在您的规则下能做什么。不会发送任何内容，也不会告知任何品牌。
check-no-brands = 还没有品牌向您提出过请求。
check-brand = 哪个品牌
check-channel = 方式
check-purpose = 目的
check-occasion = 关于什么
check-occasion-none = 其他
check-author = 由谁来写
check-person = 真人
check-draft = 机器起草，真人发送
check-machine = 机器
check-day = 日期
check-time = 时间
check-made = 该品牌同月此前的消息数
check-button = 试一试
check-again = 再试其他
check-allowed = { $brand }的消息会通过。
check-because-way = 您允许{ $way }用于：{ $purpose }。
check-because-always = 此事始终允许：{ $what }。
check-blocked = { $brand }的消息会被拦下，因为：
block-no-access = 那时{ $brand }没有查看您数据的授权。
block-no-rules = 您还没有联系规则，因此一概不允许。
block-unreadable = 您的联系规则无法读取，因此一概不允许。请重新保存。
block-way = 您不允许：{ $way }，{ $purpose }。
block-person-only = 只有真人可以联系您。
block-person-sends = 必须由真人发送。
block-left-alone = 您希望在{ $date }之前不被打扰。
block-quiet = 现在是安静时段，直到{ $until }。
block-month = { $count ->
    [0] 您不允许任何消息。
   *[other] 您每月允许{ $count }条消息，已经用完。
}
entered-brand = 请选择一个品牌。
entered-when = 请填写日期和时间。
entered-made = 请填写0或更大的数字。

## 投诉
complaints-title = 投诉
complaints-lead = 您的投诉及其结果。每项投诉都记入您的日志。
complaints-none = 您没有提交过投诉。每次查阅、授权和回执旁都有链接。
complaint-link = 有什么不对吗？
complaint-title = 有什么不对吗？
complaint-about = 关于
complaint-what = 是什么情况？
complaint-not-recognised = 我不清楚来由
complaint-not-recognised-words = 您不知道是谁查阅，或为何查阅。
complaint-deletion = 要求删除
complaint-deletion-words = 您希望品牌删除所得到的数据。
complaint-report = 举报
complaint-report-words = 您认为有规则被违反。
complaint-text = 您的说明
complaint-share = 此保险箱的管理方可以阅读这项投诉。
complaint-sealed = 您的说明用您的密钥加密。若不勾选，管理方只看到类型和时间。
complaint-file = 提交
complaint-open = 处理中。尚无人答复。
complaint-taken-back = 您已撤回。
complaint-answered = 已答复
complaint-filed = 提交时间
complaint-shared = 此保险箱的管理方可以阅读。
complaint-unshared = 只有您可以阅读。
complaint-answer = 答复
complaint-authority = 进一步处理
complaint-authority-words = 此报告交给您所在国家或地区的数据保护机构。日志条目及其证明都在文件中。
complaint-download = 下载报告
complaint-take-back = 撤回
complaint-take-back-words = 撤回后即结束。日志会保留您提交过的记录。
done-complained = 您的投诉已提交，并记入您的日志。
done-taken-back = 您已撤回。投诉已结束。
entered-complaint = 说明太长。最多2000字。
reason-too-many-complaints = 已有一百项投诉在处理中。请先撤回一项。
reason-complaint-closed = 此投诉已经结束。
report-title = 关于我的个人数据使用的投诉
report-to = 致数据保护机构
report-from = 我的姓名
report-reach = 联系方式
report-attached = 附于下方：日志条目、各自的指纹及其证明。
report-check = 任何人都可以用以下命令核验回执和证明：coffret verify receipt

## 品牌须删除的数据
deletions-title = 品牌须删除的数据
deletions-lead = 保存期满后，品牌须删除其所存的数据。您可在此查看期限，以及品牌是否已确认删除。
deletions-none = 没有品牌保存您的任何数据。
deletions-who = 品牌
deletions-what = 数据
deletions-when = 期限
deletions-state = 状态
deletions-on = 访问仍然开启。每次读取都会重新计时。
deletions-waiting = 尚在期限之内。
deletions-done = 品牌于 { $date } 表示已删除。
deletions-late = 已逾期。品牌尚未表示已删除。
deletions-link = 查看品牌须删除的数据
