"""Traditional Chinese characters of the words of waits and comparisons → simplified ones.

One character stands for one, so every place in a text stays where it is.
"""

from __future__ import annotations

_PAIRS = """
別别 沒没 還还 這这 裡里 裏里 們们 個个 飯饭 館馆 廳厅 賓宾 臺台 銀银 遞递 賣卖 鍋锅 網网
場场 類类 價价 對对 門门 競竞 爭争 實实 體体 專专 櫃柜 麥麦 當当 勞劳 團团 餓饿 麼么 東东
貓猫 寶宝 夢梦 順顺 圓圆 韻韵 達达 蘇苏 寧宁 馬马 會会 攜携 兒儿 漢汉 爾尔 瑪玛 樂乐 輝辉
華华 為为 蘋苹 喫吃 難难 貴贵 髒脏 爛烂 壞坏 強强 贊赞 讚赞 優优 劃划 鮮鲜 乾干 淨净 譜谱
熱热 適适 給给 豐丰 業业 錢钱 遠远 過过 覺觉 認认 發发 現现 見见 聽听 說说 談谈 稱称 歲岁
營营 開开 車车 時时 鐘钟 鍾钟 點点 禮礼 號号 後后 處处 間间 從从 約约 將将 內内 長长 費费
兩两 幾几 買买 無无 換换 質质 證证 諾诺 規规 預预 計计 顯显 寫写 標标 應应 遊游 歷历 樓楼
資资 態态 務务 聯联 單单 輸输 遜逊 亞亚 趕赶 敵敌 樣样 區区 與与 並并 讓让 離离 遲迟 邊边
選选 減减 養养 騎骑 電电 話话 師师 壓压 條条 總总 運运 塊块 歐欧 備备 題题 錯错 夠够 機机
飛飞 國国 際际 匯汇 億亿 數数 週周 須须 輛辆 絡络 係系 愛爱 島岛 萬万 於于 衛卫 誤误 產产
餘余
"""

SIMPLIFIED = {ord(pair[0]): ord(pair[1]) for pair in _PAIRS.split()}
