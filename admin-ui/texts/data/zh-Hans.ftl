# 数据各项及其选项的简体中文名称。名称简短，与“联系我”页面用词一致。
# 欢迎母语读者校阅。

## 您和您的姓名
field-honorific = 称谓
field-given = 名
field-family = 姓
field-written = 全名的写法
field-name = 名字
field-address-as = 如何称呼我
field-spoken-like = 读音
field-formal = 使用敬称
field-date = 日期
field-years = 周岁
field-stated-on = 填写日期
field-gender = 性别
field-description = 用我自己的话
field-pronouns = 代词

## 联系方式
field-address = 电子邮箱
field-label = 类型
field-number = 电话号码
field-service = 服务
field-handle = 账号或号码
field-languages = 语言（最喜欢的在前）
field-language = 语言
field-need = 需求
field-remark = 备注

## 地址
field-recipient = 收件人
field-lines = 逐行明细
field-postcode = 邮政编码
field-city = 城市
field-region = 省或地区
field-country = 国家或地区
field-phone = 电话
field-instructions = 说明
field-tax-number = 税号

## 身体尺寸和尺码
field-value = 数值
field-unit = 单位
field-measured-on = 测量日期
field-shape = 体型
field-system = 尺码制
field-size = 尺码
field-sizes = 尺码
field-band = 下围
field-cup = 罩杯
field-cut = 款式
field-width = 宽度
field-length = 长度
field-height = 高度
field-sleeve = 袖长
field-finger = 手指
field-hand = 哪只手
field-fit = 合身度

## 单品和购买记录
field-item = 单品
field-id = 货号
field-brand = 品牌
field-category = 类别
field-colour = 颜色
field-bought-on = 购买日期
field-order = 订单号
field-quantity = 件数
field-amount = 金额
field-minor = 金额（以分为单位）
field-currency = 币种
field-up-to = 最多
field-place = 地点
field-gift = 作为礼物
field-returned-on = 退货日期
field-refund = 退款
field-reason = 原因
field-reviewed-on = 评价日期
field-rented-for = 穿着场合
field-recommended = 我推荐

## 心愿
field-seen-at = 浏览时间
field-seconds = 时长（秒）
field-added-on = 加入日期
field-share-as-gift-idea = 作为礼物建议分享

## 联系规则
field-channels = 方式与用途
field-channel = 方式
field-purpose = 用途
field-allowed = 允许
field-automated = 真人还是机器
field-quiet-hours = 安静时段
field-days = 星期
field-from = 开始
field-to = 结束
field-time-zone = 时区
field-max-per-month = 每月最多消息数
field-not-before = 在此日期之前请勿打扰
field-always = 始终允许
field-not-mention = 请勿提及
field-advisor = 顾问

## 重要日子
field-occasion = 场合
field-kind = 类型
field-of = 谁的生日
field-day = 日子
field-year = 年份
field-with = 与谁
field-mention = 可以提及
field-role = 我的身份
field-held-on = 举行日期
field-dress-code = 着装要求

## 地点和旅行
field-stay = 住处
field-visited-at = 到店时间
field-boutique = 门店
field-appointment = 已预约

## 收货
field-packaging = 包装
field-discreet = 低调包装
field-gift-wrap = 礼品包装
field-gift-message = 礼物赠言

## 意见
field-given-on = 反馈日期
field-about = 关于
field-subject = 具体对象
field-rating = 评分
field-note = 意见
field-wants-answer = 希望得到回复
field-trustworthiness = 值得信赖
field-expertise = 专业
field-kindness = 亲切
field-empathy = 体贴
field-creativity = 创意
field-uses-my-data-as-agreed = 按约定使用我的数据

## 家庭
field-call-them = 对孩子的称呼
field-garment = 衣物
field-birth-year = 出生年份
field-relation = 关系
field-surprise = 这是惊喜
field-species = 动物
field-collar = 项圈
field-comes-along = 会一同前来

## 照片
field-taken-on = 拍摄日期
field-caption = 图片说明
field-media-type = 文件类型
field-bytes = 大小（字节）
field-sha256 = 指纹

## 品味和爱护地球
field-likes = 喜欢
field-dislikes = 不喜欢
field-families = 香调
field-intensity = 浓淡
field-notes = 香味
field-avoids = 避免
field-avoid = 避免
field-names = 设计师和品牌
field-words = 词语
field-prefer = 偏好
field-transport = 运送

## 多处共用的选项
choice-other = 其他
choice-work = 工作
choice-boutique = 门店
choice-event = 活动
choice-message = 消息
choice-wedding = 婚礼
choice-everyday = 日常
choice-travel = 旅行
choice-business = 商务
choice-whatsapp = WhatsApp
choice-wechat = 微信
choice-leather = 皮革
choice-hat = 帽子

## 选项：您和您身边的人
choice-gender-woman = 女
choice-gender-man = 男
choice-self-described = 用我自己的话
choice-not-stated = 不便透露
choice-gender-any = 均可
choice-relation-partner = 伴侣
choice-relation-child = 孩子
choice-relation-parent = 父母
choice-relation-sibling = 兄弟姐妹
choice-relation-friend = 朋友
choice-relation-colleague = 同事
choice-relation-other = 其他人
choice-of-me = 我
choice-of-partner = 伴侣
choice-of-child = 孩子
choice-of-parent = 父母
choice-of-sibling = 兄弟姐妹
choice-of-friend = 朋友
choice-of-other = 其他人
choice-species-dog = 狗
choice-species-cat = 猫
choice-species-bird = 鸟
choice-species-horse = 马

## 选项：联系方式
choice-label-private = 私人
choice-label-assistant = 助理
choice-label-mobile = 手机
choice-label-home = 家
choice-service-line = LINE
choice-kakaotalk = KakaoTalk
choice-service-telegram = Telegram
choice-service-signal = Signal
choice-step-free = 无台阶通道
choice-seating = 座位
choice-quiet-room = 安静的房间
choice-large-print = 大字版
choice-sign-language = 手语
choice-hearing-loop = 助听感应环路
choice-assistance-animal = 辅助动物
choice-companion = 有人陪同

## 选项：尺码和合身度
choice-vendor = 品牌自有尺码
choice-shape-hourglass = 沙漏形
choice-shape-athletic = 运动型
choice-shape-pear = 梨形
choice-shape-petite = 娇小型
choice-full-bust = 胸部丰满
choice-straight---narrow = 修长直筒形
choice-shape-apple = 苹果形
choice-cut-women = 女款
choice-cut-men = 男款
choice-cut-unisex = 男女通用
choice-cut-children = 童款
choice-width-narrow = 偏窄
choice-width-regular = 标准
choice-width-wide = 偏宽
choice-length-short = 偏短
choice-length-regular = 标准
choice-length-long = 偏长
choice-sleeve-short = 偏短
choice-sleeve-regular = 标准
choice-sleeve-long = 偏长
choice-finger-thumb = 拇指
choice-finger-index = 食指
choice-finger-middle = 中指
choice-finger-ring = 无名指
choice-finger-little = 小指
choice-hand-left = 左手
choice-hand-right = 右手
choice-fit-small = 偏小
choice-fit-fit = 正合适
choice-fit-large = 偏大
choice-fit-close = 贴身
choice-fit-regular = 标准
choice-fit-relaxed = 宽松
choice-fit-oversized = 特别宽松
choice-garment-all = 全部
choice-clothes = 衣服
choice-dress = 连衣裙
choice-jacket = 外套
choice-coat = 大衣
choice-trousers = 裤子
choice-skirt = 半身裙
choice-shirt = 衬衫
choice-knitwear = 针织衫
choice-shoes = 鞋
choice-gloves = 手套
choice-swimwear = 泳装

## 选项：购买记录和心愿
choice-online = 网上
choice-channel-event = 活动现场
choice-channel-resale = 二手
choice-website = 网站
choice-channel-app = 应用
choice-boutique-screen = 门店屏幕
choice-too-small = 太小
choice-too-large = 太大
choice-not-as-expected = 与预期不符
choice-reason-quality = 质量
choice-changed-mind = 改变主意
choice-reason-gift = 是礼物
choice-reason-late = 送达太晚
choice-formal-affair = 正式场合
choice-party = 派对
choice-rented-for-date = 约会
choice-vacation = 度假

## 选项：联系规则
choice-channel-phone = 电话
choice-channel-sms = 短信
choice-channel-email = 电子邮件
choice-channel-post = 邮寄
choice-purpose-orders = 我的订单
choice-purpose-advice = 建议
choice-purpose-events = 活动
choice-purpose-news = 资讯
choice-automated-no = 仅由真人
choice-automated-drafts = 机器起草，真人发送
choice-automated-yes = 机器可以发送
choice-days-mon = 周一
choice-days-tue = 周二
choice-days-wed = 周三
choice-days-thu = 周四
choice-days-fri = 周五
choice-days-sat = 周六
choice-days-sun = 周日
choice-always-order-ready = 订单已备好
choice-always-appointment = 我的预约
choice-always-delivery = 送货
choice-always-security = 安全
choice-always-product-recall = 产品召回
choice-not-mention-birthday = 生日
choice-not-mention-anniversary = 纪念日
choice-not-mention-wedding = 婚礼
choice-not-mention-travel = 旅行
choice-not-mention-sizes = 尺码
choice-not-mention-purchases = 购买记录
choice-not-mention-household = 家人

## 选项：重要日子和旅行
choice-engagement = 订婚
choice-first-meeting = 初次相遇
choice-kind-company = 公司
choice-kind-gala = 晚宴
choice-graduation = 毕业典礼
choice-new-home = 新居
choice-new-job = 新工作
choice-kind-birth = 新生儿诞生
choice-kind-holiday = 节日
choice-kind-sport = 体育活动
choice-kind-performance = 演出
choice-role-couple = 新人
choice-role-family = 家人
choice-role-witness = 证婚人
choice-role-guest = 来宾
choice-white-tie = 白领结礼服
choice-black-tie = 黑领结礼服
choice-dress-code-formal = 正装
choice-dress-code-cocktail = 鸡尾酒会装
choice-dress-code-smart = 雅致便装
choice-dress-code-casual = 休闲装
choice-dress-code-traditional = 传统服饰
choice-reason-holiday = 度假
choice-reason-beach = 海滩
choice-reason-ski = 滑雪
choice-reason-city = 城市游
choice-reason-family = 探亲

## 选项：收货
choice-place-home = 家中
choice-place-work = 工作地点
choice-place-concierge = 礼宾处
choice-place-neighbour = 邻居处
choice-pickup-point = 自提点
choice-packaging-full = 完整包装
choice-packaging-minimal = 尽量精简
choice-packaging-reusable = 可重复使用
choice-packaging-none = 不要包装

## 选项：意见
choice-visit = 到店
choice-about-advice = 建议
choice-recommendation = 推荐
choice-about-delivery = 送货
choice-about-item = 单品
choice-about-service = 服务

## 选项：照片
choice-occasion-evening = 晚间
choice-fitting = 试穿
choice-recognition-by-advisor = 便于顾问认出我
choice-make-up = 彩妆
choice-eyewear = 眼镜
choice-jewellery = 珠宝

## 选项：品味
choice-families-floral = 花香调
choice-families-woody = 木质调
choice-families-citrus = 柑橘调
choice-families-amber = 琥珀调
choice-families-fougere = 馥奇调
choice-families-chypre = 西普调
choice-families-aquatic = 水生调
choice-families-green = 绿叶调
choice-families-fruity = 果香调
choice-families-gourmand = 美食调
choice-families-leather = 皮革调
choice-families-spicy = 辛香调
choice-intensity-light = 清淡
choice-intensity-moderate = 适中
choice-intensity-strong = 浓郁

## 选项：爱护地球
choice-avoid-fur = 皮草
choice-exotic-skin = 珍稀皮革
choice-avoid-down = 羽绒
choice-animal-products = 动物制品
choice-synthetics = 合成材料
choice-air-freight = 空运
choice-prefer-recycled = 再生材料
choice-prefer-organic = 有机
choice-prefer-traceable = 来源可追溯
choice-prefer-local = 本地制造
choice-prefer-certified = 经过认证
choice-prefer-vintage = 古着
choice-service-repair = 维修
choice-service-alteration = 修改
choice-service-care = 养护
choice-service-rental = 租赁
choice-service-resale = 转售
choice-take-back = 旧物回收
choice-transport-fast = 快速
choice-transport-slow = 慢速
choice-no-preference = 没有偏好
