"""Sentences written for these tests: what must be recognised as a crisis, and what only looks like one."""

CRISIS_EN = """
I want to kill myself.
I've been thinking about suicide every day this week
I just want to die
i dont wanna be here anymore
I don't want to wake up tomorrow.
I wish I was dead
I wish I had never been born
everyone would be better off without me
My kids would be happier if I was gone
there's no reason for me to live
What's the point of living when nothing ever changes?
I can't go on living like this
I'm going to end it all tonight
I'm ready to end my life
I took a whole bottle of sleeping pills
how many paracetamol would it take to kill me
I overdosed last year and I want to do it again
I keep saving up my pills for the right moment
I cut myself again last night
I've started cutting again
the urge to cut is really strong tonight
I burned my arm with a cigarette because I deserve it
I harm myself when the house is quiet
I've relapsed into self-harm
My blade is on my wrist right now
I'm standing on the edge of a bridge
I want to jump in front of a train
I could just walk into traffic and nobody would notice
I'm going to hang myself
I put the gun to my head yesterday
I wrote a goodbye letter to my parents
This is my final goodbye.
By the time you read this I'll be gone
goodbye cruel world
I'm giving away all my stuff because I won't need it
I have a plan to kill myself on Friday
no one would care if I died
If I disappeared, nobody would even notice
I'm nothing but a burden to my family
I'm tired of living
I'm so sick of being alive.
life is not worth living
My life has no meaning and I'd rather be dead
I hope I don't wake up
I want to go to sleep and never wake up again
I don't deserve to live
I should be dead
please let me die
I wish someone would kill me
My brother is going to kill himself, he said goodbye
my friend says she wants to die
She tried to take her own life last month
I'm feeling suicidal
what is the most painless way to die
I've lost the will to live
I think about killing myself when I drive home
I want to drive my car off a cliff
I just want it all to end
I want to disappear forever
I gave up on life a while ago
he hits me when he drinks
My husband choked me last night
I'm scared he will kill me
My stepdad touches me at night
he threatened to kill me if I leave
I was raped
I'm being abused at home
It isn't safe at home, I'm not safe with him
I don't feel safe at home
she said she'd kill herself if I go
Starving myself is the only thing I control
i should just kms
I want to unalive myself
I've got nothing left to live for
I'd be better off dead
I can't do life anymore
I'm thinking of slitting my wrists
""".strip().splitlines()

LOOKALIKE_EN = """
This traffic is killing me.
I'm dead tired
My feet are killing me
I nearly died laughing
I could die of embarrassment
Kill the process with signal nine
Suicide Squad is on tonight, the film with Harley Quinn
I'm dying to see the new season
My phone died again
The battery is dead
We killed it on stage tonight
That joke killed me
My boss is going to kill me if I'm late
Mum will kill me when she sees the kitchen
I'm just killing time before the bus comes
She's drop dead gorgeous
The deadline is killing us
Over my dead body!
It's do or die in the final
I'd die for a slice of pizza
I'd rather die than eat olives
He's a die-hard fan of the club
How do I kill a Python process?
I accidentally cut myself shaving
I burned myself on the stove while making pancakes
I hurt myself playing football
I shot myself in the foot with that email
Don't kill yourself over this project... or rather, I am killing myself to finish this project
I overdosed on chocolate at Christmas
The plant on my window sill died
I want to dye my hair
He beat me at chess again
My sister beat me to the last biscuit
It hit me that tomorrow is Monday
She hits me up whenever she needs a lift
I'm starving
I need to cut my hair
I should cut down on sugar
Stop cutting corners
I started cutting the grass at nine
Let's jump into the lake from the pier
We went bungee jumping off a bridge in New Zealand
I jumped off the diving board
I wrote a goodbye card for my colleagues
It's five kms to the station
I live ten kms away from work
I'm tired of living in this tiny flat
I hate living next to the airport
I don't want to live here anymore
I don't want to wake up early tomorrow
The conversation was a suicide mission for my career, political suicide really
The documentary about suicide rates was shown at school
The volunteers met for suicide prevention day
We had to end it with the old supplier
Let's end things here for today
He made me laugh so hard I thought I would die laughing
I was so embarrassed I wanted to die
This song is to die for
I'm never going to get over this test, it murdered me
I would kill for a coffee
The villain kills himself at the end of the film
The boss fight kills me every time
That workout destroyed me
Drop it, you're beating a dead horse
The engine is dying
I'm burning up, it is so hot today
I'm drowning in emails
I'm hanging the picture tomorrow
I am dying of boredom in this meeting
What a killer dress
The goalkeeper was beaten twice in the first half
He has a killer instinct
I locked myself out
My cat scratched me
I can't live without coffee
I could sleep forever, what a day
I feel sad today and I miss my grandma
I had a horrible day and I'm angry at the bank
Nobody came to my party and I cried
The dog passed away last spring and I still miss him
""".strip().splitlines()

CRISIS_ZH = """
我想自杀
我不想活了
我真的好想死
活着没意思
活着还有什么意义
我每天都在想怎么死
我想结束自己的生命
我已经写好遗书了
我想从楼上跳下去
我站在天台上
我刚刚割腕了
我用刀片割手臂
我又自残了
最近总有轻生的念头
我吃了一整瓶安眠药
安眠药吃多少片会死
想烧炭，不知道痛不痛苦
我想上吊
我想跳河
我不想醒来了，永远不要醒
希望明天再也不要醒来
要是能一觉睡过去再也不醒就好了
我死了也没人在乎
如果我死了，会有人难过吗
没有我大家会过得更好
我就是家里的累赘
我是个多余的人
我只会拖累家人
我活不下去了
我活够了
活着太痛苦了
活着好累
为什么我还要活着
我想离开这个世界
我想从这个世界上消失
我想彻底消失
真希望自己没出生过就好了
让我死吧
死了算了
我不如死了算了
死了就解脱了
我只想解脱
一了百了
我失去了活下去的勇气
看不到活下去的意义
我要去死
有没有人一起去死
约人一起自杀
我准备好后事了
再见了这个世界
永别了，对不起
下辈子不要再做人了
我买了农药想死
我想冲到马路上被车撞死
我想杀了自己
我总是伤害自己
我想了结这一切
最后一次发消息，这是我最后一条微博
无痛的死法有吗
怎样死得没有痛苦
我不配活着
我朋友说他想死
我女儿昨晚割腕了
老公喝醉了就打我
我爸又打我了
他家暴我三年了
他掐住我的脖子
他威胁说要杀了我
我怕他会打死我
我被继父性侵了
我被强奸了
爸妈把我锁在房间里，一直虐待我
他拿着刀追我
我不敢回家
""".strip().splitlines()

LOOKALIKE_ZH = """
笑死我了
累死了
饿死了
今天热死了
烦死了，又要加班
气死我了
吓死我了
困死了，想睡觉
想死你了
想死你们啦
可想死我了，终于见到你
爱死你了
这件衣服美死了
急死我了
手机死机了
电脑又死机了
他是我的死党
这个人真死板
打死我也不去
别死记硬背
我死心了
要死要活的，至于吗
真该死，忘带钥匙了
这个游戏我又死了一次
杀死那个进程
作业多得要死
冻死了
羡慕死我了
无聊死了
尴尬死了
尴尬得想消失
渴死我了
撑死了
跳楼价大甩卖
我们去坐跳楼机吧
自杀小队这部电影真好看
他的做法是自杀式营销
今天是世界预防自杀日，学校有宣传讲座
屈原投江的故事大家都知道
秦始皇是怎么死的
我不想活动，想躺着
年轻生活真美好
各自尽力就好
紫砂壶泡茶真香
我想买一把紫砂壶
衣服上吊牌忘了剪
考完试终于解脱了
加班终于结束了，解脱
我妈打我电话了
他打我手机没人接
他打我的主意
弟弟打我小报告
切菜不小心割到手了
刮胡子的时候划破了脸
不小心烫到自己
掐自己一下，看是不是做梦
减肥撑不下去了
这部剧太上头了，看得我要疯了
周末睡到自然醒
梦太美了我不想醒来
被窝太舒服，不想醒来
他跳槽去了别的公司
从跳台跳下去溅了一身水
我们去蹦极，一跃而下太爽了
新的反家暴法实施了
烧炭烤肉最香
农药残留超标的蔬菜不能吃
给果树喷了农药
花死了，我忘了浇水
今天心情不好，有点难过
我很想家，想妈妈
跟老板吵架了，好生气
爷爷去年去世了，我很想他
工作压力大，好累
生活好难，但我会加油的
这首歌好听到想死
难吃死了
我怕回家晚了赶不上吃饭
""".strip().splitlines()
