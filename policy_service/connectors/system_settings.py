"""What each system needs to be connected, in the words of its own screens."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policy_service.connectors.described import Choice, Described, Form, Said, Setting
from policy_service.connectors.port import System

#: Zoho's data centres by the end of their addresses.
_CENTRES: Final = (
    ("https://accounts.zoho.com", "United States (zoho.com)", "美国（zoho.com）"),
    ("https://accounts.zoho.eu", "Europe (zoho.eu)", "欧洲（zoho.eu）"),
    ("https://accounts.zoho.in", "India (zoho.in)", "印度（zoho.in）"),
    ("https://accounts.zoho.com.cn", "China (zoho.com.cn)", "中国（zoho.com.cn）"),
    ("https://accounts.zoho.com.au", "Australia (zoho.com.au)", "澳大利亚（zoho.com.au）"),
    ("https://accounts.zoho.jp", "Japan (zoho.jp)", "日本（zoho.jp）"),
    ("https://accounts.zoho.sa", "Saudi Arabia (zoho.sa)", "沙特阿拉伯（zoho.sa）"),
    ("https://accounts.zohocloud.ca", "Canada (zohocloud.ca)", "加拿大（zohocloud.ca）"),
)
_ZOHO_SIGN_IN: Final = (
    Setting(
        "accounts_origin",
        Said("Data centre", "数据中心"),
        Said(
            "Where the organisation's data lie: what the address ends in once you are signed in to Zoho.",
            "组织数据所在地：登录 Zoho 后，看网址以什么结尾。",
        ),
        Form.CHOICE,
        is_required=True,
        default="https://accounts.zoho.com",
        choices=tuple(Choice(origin, Said(english, chinese)) for origin, english, chinese in _CENTRES),
        takes_others=True,
    ),
    Setting(
        "client_id",
        Said("Client ID", "客户端 ID"),
        Said(
            "Of a Self Client, made in the API Console of the same data centre.",
            "在同一数据中心的 API Console 中创建 Self Client 后得到。",
        ),
        is_required=True,
    ),
    Setting(
        "client_secret",
        Said("Client secret", "客户端密钥"),
        Said(
            "Stands beside the client ID, under Client Secret.",
            "在 API Console 的 Client Secret 页签中，与客户端 ID 同页。",
        ),
        is_secret=True,
        is_required=True,
    ),
    Setting(
        "refresh_token",
        Said("Refresh token", "刷新令牌"),
        Said(
            "What the code of the Self Client is exchanged for, with the scopes that the how-to lists.",
            "用 Self Client 生成的授权码换取，授权范围见操作指南。",
        ),
        is_secret=True,
        is_required=True,
    ),
)
_NOTICES: Final = Setting(
    "notices",
    Said("Woken by changes", "变更通知"),
    Said(
        "Whether the system tells of changes, so that a pull begins at once; the operator sets the address for it.",
        "系统是否在数据变更时通知本服务，以便立即拉取；接收地址由运维人员设置。",
    ),
    Form.CHOICE,
    default="off",
    choices=(Choice("off", Said("Off", "关闭")), Choice("on", Said("On", "开启"))),
)
_LISTING: Final = Setting(
    "listing_hours",
    Said("Hours between full listings", "全量核对间隔（小时）"),
    Said(
        "Deleted rows are found when everything is listed; 0 lists everything at each pull.",
        "全量核对时才能发现已删除的数据；填 0 表示每次拉取都全量核对。",
    ),
    Form.NUMBER,
    default="24",
    most=168,
)

_FXIAOKE: Final = Described(
    System.FXIAOKE,
    Said("Fxiaoke", "纷享销客"),
    Said(
        "A self-built app of the company with the rights to read its objects, and a user who sees all of them.",
        "需要企业自建应用（有对象读取权限），以及一个能看到全部数据的用户。",
    ),
    (
        Setting(
            "origin",
            Said("Address", "地址"),
            Said(
                "Another one only if the company has its own cloud; the operator must allow it.",
                "仅在企业使用专属云时填写其他地址，且需运维人员允许。",
            ),
            is_required=True,
            default="https://open.fxiaoke.com",
        ),
        Setting(
            "app_id",
            Said("App ID", "应用 ID（AppId）"),
            Said("Of the self-built app: begins with FSAID_.", "自建应用的 AppId，以 FSAID_ 开头。"),
            is_required=True,
        ),
        Setting(
            "app_secret",
            Said("App secret", "应用密钥（AppSecret）"),
            Said("Stands beside the app ID.", "与 AppId 在同一页面。"),
            is_secret=True,
            is_required=True,
        ),
        Setting(
            "permanent_code",
            Said("Permanent code", "永久授权码"),
            Said("Stands beside the app ID.", "与 AppId 在同一页面。"),
            is_secret=True,
            is_required=True,
        ),
        Setting(
            "open_user_id",
            Said("User", "用户（openUserId）"),
            Said(
                "Begins with FSUID_. What this user may not see is not pulled: take an administrator of the CRM.",
                "以 FSUID_ 开头。该用户看不到的数据不会被拉取，请使用 CRM 管理员。",
            ),
        ),
        Setting(
            "mobile",
            Said("Mobile number of the user", "用户手机号"),
            Said(
                "Where the user's ID is not known: the number that they sign in with.",
                "不知道用户 ID 时，填写其登录手机号。",
            ),
        ),
        _LISTING,
        Setting(
            "page_rows",
            Said("Rows at a time", "每次读取行数"),
            Said(
                "Fxiaoke gives 100 at a time; some companies are allowed more.",
                "纷享销客每次最多返回 100 行；个别企业允许更多。",
            ),
            Form.NUMBER,
            default="100",
            least=1,
            most=1000,
        ),
        Setting(
            "calls_in_20_seconds",
            Said("Calls in 20 seconds", "每 20 秒调用次数"),
            Said("As many as the company may make, of all apps together.", "企业可用的调用次数，所有应用合计。"),
            Form.NUMBER,
            default="90",
            least=1,
            most=10_000,
        ),
        Setting(
            "time_zone",
            Said("Time zone", "时区"),
            Said("In which a day that is written back begins.", "回写日期时，以该时区的零点为准。"),
            Form.CHOICE,
            default="Asia/Shanghai",
            choices=tuple(
                Choice(zone, Said(zone, zone))
                for zone in ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Singapore", "Asia/Tokyo", "Europe/Berlin", "UTC")
            ),
        ),
        Setting(
            "callback_token",
            Said("Token of the callback", "回调 Token"),
            Said(
                "From the settings of event callbacks; leave it empty where there is none.",
                "见“事件回调设置”；不使用回调则不填。",
            ),
            is_secret=True,
        ),
        Setting(
            "callback_key",
            Said("Key of the callback", "回调 EncodingAESKey"),
            Said("43 or 44 characters, beside the token.", "43 或 44 个字符，与 Token 在同一页面。"),
            is_secret=True,
        ),
        _NOTICES,
    ),
    ("AccountObj", "SalesOrderObj", "PaymentPlanObj", "OrderPaymentObj", "PaymentObj"),
    ("https://open.fxiaoke.com",),
    calls_back=True,
)
_ZOHO_CRM: Final = Described(
    System.ZOHO_CRM,
    Said("Zoho CRM", "Zoho CRM"),
    Said(
        "A Self Client with a refresh token of a user who sees all customers.",
        "需要 Self Client，以及能看到全部客户的用户的刷新令牌。",
    ),
    (*_ZOHO_SIGN_IN, _NOTICES),
    ("Accounts", "Invoices"),
    tuple(origin for origin, _, _ in _CENTRES),
    calls_back=True,
)
_ZOHO_BOOKS: Final = Described(
    System.ZOHO_BOOKS,
    Said("Zoho Books", "Zoho Books"),
    Said(
        "A Self Client with a refresh token of a user of the organisation.",
        "需要 Self Client，以及组织中某个用户的刷新令牌。",
    ),
    (
        *_ZOHO_SIGN_IN,
        Setting(
            "organization_id",
            Said("Organisation ID", "组织 ID"),
            Said("Digits, in Zoho Books under Manage Organizations.", "一串数字，见 Zoho Books 的“管理组织”。"),
            is_required=True,
        ),
        Setting(
            "calls_a_minute",
            Said("Calls a minute", "每分钟调用次数"),
            Said("As many as the organisation may make, of all apps together.", "组织可用的调用次数，所有应用合计。"),
            Form.NUMBER,
            default="90",
            least=1,
            most=1000,
        ),
    ),
    ("contacts", "invoices", "customerpayments"),
    tuple(origin for origin, _, _ in _CENTRES),
)
_TABLES: Final = (
    ("customers", "customer_id"),
    ("orders", "order_id"),
    ("invoices", "invoice_id"),
    ("payments", "payment_id"),
    ("adjustments", "adjustment_id"),
    ("disputes", "dispute_id"),
    ("promises", "promise_id"),
    ("events", "event_id"),
    ("rates", "date"),
    ("standings", "customer_id"),
)
_DROP_FOLDER: Final = Described(
    System.DROP_FOLDER,
    Said("Drop folder", "投放文件夹"),
    Said(
        "A folder that another program puts CSV files or workbooks into, each with all rows that there are.",
        "由其他程序放入 CSV 或 Excel 文件的文件夹，每个文件包含全部数据。",
    ),
    (
        Setting(
            "folder",
            Said("Folder", "文件夹"),
            Said(
                "Below the folder that the operator allows, such as erp/export.",
                "运维人员允许的目录之下的文件夹，如 erp/export。",
            ),
            is_required=True,
        ),
        Setting(
            "files",
            Said("Files", "文件"),
            Said(
                "A line for each kind: name = pattern | column that tells rows apart | comma, semicolon, tab or bar.",
                "每类一行：名称 = 文件名模式 | 区分各行的列 | comma、semicolon、tab 或 bar。",
            ),
            Form.LINES,
            is_required=True,
            default="\n".join(f"{table} = {table}*.csv | {key}" for table, key in _TABLES),
        ),
        Setting(
            "settle_seconds",
            Said("Seconds until a file is whole", "文件写完等待秒数"),
            Said("A file counts once it is as it was so long before.", "文件在这段时间内没有变化才会读取。"),
            Form.NUMBER,
            default="30",
            most=600,
        ),
    ),
    tuple(table for table, _ in _TABLES),
    takes_back=False,
)
#: Every system, in the order in which people are shown them.
SYSTEMS: Final[Mapping[System, Described]] = MappingProxyType(
    {one.system: one for one in (_FXIAOKE, _ZOHO_CRM, _ZOHO_BOOKS, _DROP_FOLDER)}
)
