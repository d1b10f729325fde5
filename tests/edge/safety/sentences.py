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
I feel like ending my life
Sometimes I think the world would be a better place without me in it
I'm going to take all of my pills tonight
I've decided that tonight is the night I die
I can't keep going, I'd rather not exist
nobody would miss me if I jumped
Living hurts too much and I want out for good
I've been cutting my thighs
I have the rope ready
I am planning to shoot myself
I bought a gun to end it
I've written my suicide note
There's nothing left for me here, I'm done with life
tell my mom I love her, I won't be alive tomorrow
I don't see the point in being alive
dying would be a relief
I'm scared I might hurt myself
I keep having thoughts of hurting myself
I wish I could just fall asleep and not wake up
my dad beats me every night
my boyfriend punched me in the face again
He says he'll kill me if I tell anyone
My uncle raped me
please help he has a knife and he's threatening me
I swallowed bleach
I took too many pills and I feel weird
I'm on the roof and I want to jump
i hate being alive
I wanna die so bad
i want 2 die
k1ll myself
su1c1dal thoughts all day
I want to k.i.l.l myself
I w a n t t o d i e
su*cide is on my mind
k*ll myself
I’m going to kill myself
I WANT TO DIE
i wan to die
i want to dieeee
kill  my self
I'm gonna end myself
ending it would be easier
no one cares if I live or die
I hope I get hit by a car and die
if I died tonight no one would notice for days
I tried to hang myself in March
My daughter is cutting herself
my mate is talking about ending his life
I don't think I'll make it through the night
I think my family would be relieved if I was dead
I cant stop thinking about death
I feel worthless and want to be dead
I'm about to do something to myself, I have the blade here
I've been self-harming for years
he locks me in the house and beats me
I'm not safe, my husband hits me and the children
Honestly I've reached the point where dying sounds better than another week like this
I wouldn't mind if I didn't wake up one day
I keep googling ways to kill myself
my head tells me to end it every night
I bought enough pills to finish the job
I've been standing on the platform thinking about stepping off
If I had a gun I would use it on myself
There's a voice telling me to hurt myself
I just can't live with this pain any longer, I want it over
I've said my goodbyes, it's time to go
I want to be with my dead husband, I want to join him
Everyone will be better once I'm gone
I'm going to slit my throat
I feel like I should not exist
I don't care if I die
I'd be happier dead
no point in being here any more
What would happen if I took thirty tablets of ibuprofen at once
I scratch my arms until they bleed
I've got fresh cuts on my wrist
I punish myself by not eating and cutting
I tried to end my life when I was sixteen
my girlfriend says she'll end her life if I leave
My classmate told me he plans to jump off the school roof
I want to hang myself in the garage
I'm suicidal and alone
I have been thinking of taking my own life
don't let me wake up again please god
I'm thinking about ending things permanently
Tonight I'm going to do it, I'm going to kill myself
I can't stop hurting myself
death is the only way out for me
i don't want to live in this world anymore
I am so tired of being alive that I planned everything
my mother beats me with a belt
My ex is stalking me and said he will kill me
my partner strangled me until I passed out
someone is touching me at night and I can't tell anyone
dad keeps hitting us and mum is bleeding
I'm afraid my boyfriend will kill me
I think I'm going to kill myself this weekend
I really wish I'd never been born
My life isn't worth living any more
sometimes I stand near the tracks and imagine jumping
I have been hurting myself for weeks
I'm so close to ending it
I'd be doing everyone a favour by dying
I swallowed all of grandma's tablets
I want my heart to stop beating
the thought of suicide calms me
I made a noose yesterday
My arms are covered in cuts that I made
I can't see any future, I want to be dead
he forced me to have sex
my dad slapped me and kicked me in the stomach
I'm being sexually abused by my coach
the only thing that helps is cutting
please kill me, I mean it, I don't want to live
I lie in bed hoping I die in my sleep
every night I pray that I won't wake up
I want to go to heaven now
I have a date in mind to end my life
I'd like to drive into a tree and be done
Don't look for me, I'm going to the bridge to jump
I just don't want to exist
I hate myself so much that I burn my skin
I'm done. Goodbye forever.
I will take my own life soon
everyone wants me dead and so do I
my husband put a gun to my head
I want to end my life.
I can't take it anymore, I want to die
I feel like dying
I feel like killing myself
I might hurt myself tonight
I want to hurt myself
I have been having suicidal thoughts
I'm going to swallow all these pills
I took an overdose
I've just taken an overdose of paracetamol
I wrote a suicide note
I wrote a goodbye note for my family
I left a note, please forgive me, I'm going to die tonight
I don't want to live anymore
I don't want to be alive anymore
I don't want to exist
I don't see a reason to keep living
life isn't worth living anymore
there is no point in living
I wish I were dead
I wish I could die in my sleep
I'd rather be dead than here
I want to sleep and never wake up
Not waking up tomorrow would be fine by me
I have a plan to end my life
I know how I'm going to do it, I have the pills
I'm cutting myself
I self harm
I want to slit my wrists
I'm thinking of jumping off a bridge
I'm going to jump
I am going to shoot myself
my husband beats me and I'm scared for my life
he said he would kill me
I'm scared to go home because dad hits me
I'm afraid of my husband
my father is hurting me
someone is hurting me
My mom hurts me every day
I am in danger at home
He won't let me leave the house
I don't deserve to be alive
nobody needs me, I should kill myself
i wanna kms
kms fr
im gonna kill myself lol
haha i want to die
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
You slay me!
I'm dying for a cup of tea
That meeting was deadly boring
The patient in the drama died
My goldfish died yesterday
The deadline nearly killed me
We're going to kill it at the concert
Time to kill some zombies in this game
He killed two birds with one stone
I cut my finger while chopping onions
I need to cut the cake
Please end the call
I'll end my subscription
My laptop is dying, can I use your charger?
I hit the gym and I'm dead
I was dying of laughter
She would die if she heard that
I almost had a heart attack when I saw the price
This heat is murder
Shoot me an email
I could murder a curry
I bombed the interview
He's hanging out with friends
I'll hang up now
I hung the washing out
Jump in the car, we are late
I want to jump for joy
He took my life savings, well he took my seat
My car broke down and I'm furious
I'm so done with this project
I'm sick of living out of a suitcase
Life is hard but beautiful
I miss my late husband
My grandmother passed away in her sleep
The soldier died in the war
Death Valley is hot
I'm afraid of death scenes in films
A man was killed in an accident yesterday
How many people die of cancer each year?
Can you overdose on vitamin C?
I'm going to drown my sorrows in ice cream
The dog bit me
I beat my sister at Scrabble
Dad hit the nail with a hammer
My coach pushed me hard
Mom slapped the dough on the table
I'm feeling blue
I'm exhausted and stressed about exams
I don't want to get up tomorrow
I don't want to be here, this party is dull
Hope I don't wake up late
I wish I could disappear into a good book
I burned the toast
I burned my tongue on the soup
I hurt my knee running
I hurt my back lifting boxes
My son cut himself on a tin can
He killed himself laughing
I'd kill for those shoes
He'd die for his country
Can't wait to die my hair purple, I mean dye
My back is killing me after gardening
I'm dying to hear how it went
You're killing it today
That was a killer joke, I died
The lights went dead during the storm
I would die to have her voice
He's a dead ringer for my uncle
Stop it, my stomach hurts from laughing
I've been to hell and back with this visa application
I feel like a zombie this morning
I need a break, work is murder
The printer committed seppuku again
This crossword beats me
He hit me up on Instagram yesterday
My alarm failed and I wanted to scream
I cut my hair short today
I'm cutting carbs
He cut himself a slice of cake
I'm taking my medication every morning
I took two paracetamol for my headache
I took my pills with breakfast
The doctor gave me new pills
I want to jump on the trampoline
I want to walk into town
The bridge is closed, traffic is terrible
I'm at the end of my tether with this printer
I said goodbye to my parents at the airport
I wrote a letter to my landlord
I won't be here tomorrow, I'm at the dentist
She gave away her old clothes
I'm going to miss the last train
I hate my job
I hate Mondays
I'm so lonely since the move
My daughter left for college and the house is empty
I failed my exam and feel terrible
I can't do this anymore, this software is rubbish
The news about the war makes me sad
My neighbour plays drums at night, I'm losing my mind
We watched a crime series about a murder
The knife is in the drawer
I need a new razor
The rope snapped while climbing
He shot three goals
The gun shop closed down
I dream about holidays
Please don't leave me hanging
I have no plans for tonight
What's the point of this meeting?
I want this week to end
I'm better off without that phone contract
The team would be better off without him as coach
I'm not a burden on the server, it's idle
I wish I had been there
I wish I was taller
I hope I get the job
I wish I were in Spain
She died in 1990
Nobody noticed my new haircut
My grandpa fell asleep in the chair
I could kill for some chips
The suspense is killing me
My car died on the motorway
I'm dead on my feet
He nearly died of fright, the poor cat, but it's fine
I was bored to death
It scared me to death
He worked himself to death, as they say, on that garden shed
I cut myself some slack
I cut a slice of bread
I burned the dinner
I hit my head on the shelf
I fell off my bike and hurt my wrist
My wrist hurts from typing
I bleed easily after the dentist
I take pills for my thyroid
He fell asleep on the train and missed the stop
She jumped off the swing
They jumped into the pool from the roof of the boat
The bridge in our town is beautiful
I'm ending my gym membership
I want this headache to end
I'm leaving this town forever
I'd like to disappear to the Maldives for a week
Nobody would notice if I left this meeting
I don't feel like living in the city
We hanged the lanterns in the garden
The show must go on
I'm hopeless at maths
I could die of laughter
I'm going to die of laughter
We were dying of laughter
Suicide Squad the film was fun
I watched Suicide Squad
Please kill the process
kill -9 the process
My phone is dead
dead battery again
I'm dead serious
I'm dead tired after work
this heat will kill me
this homework is killing me
my boss will kill me
she's to die for
you're killing me, smalls
killing two birds
I slept like the dead
he is dead to the world
cut it out
cut the crap
I cut my finger
Give me a shot
Shoot, I forgot
I hang out with friends
hanging by a thread at work
Overkill
The end of the world movie
My grandfather died
I lost my dad last year and I miss him
The cat died and I'm heartbroken
I want to sleep all day
I'm tired of this job
I hate my life when the alarm rings
I feel hopeless about this exam
I feel worthless at chess
I'm so stressed I could scream
I can't take this noise anymore
I can't do this anymore, this math is too hard
die hard is my favourite film
Dying Light is a great game
The plants are dying
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
我真的撑不住了，想一死了之
我好想去死
活着对我来说就是折磨
我觉得死了会比较轻松
我想跳楼
我打算今晚就走，遗书写好了
我想要自我了断
我割了手腕
想吞药自杀
我把药都攒起来了，打算一次吃完
我不想再活下去了
没有人需要我，我还是死了好
生活没有意义，我想死
我想安静地离开这个世界
我一直有自杀的想法
能不能告诉我哪种死法最不痛苦
我真想一睡不醒
我每天都盼着自己死掉
我已经站在楼顶了
爸爸妈妈对不起，我先走了
我用烟头烫自己
我拿刀划自己的手臂
我不应该活在这个世界上
世界没有我会更好
他天天打我，我好害怕
我丈夫打我，还威胁要杀了我
我被老师猥亵了
我妈拿衣架抽我，身上全是伤
他把我关起来不让我出门
我想結束生命
我不想活了，活著好累
我想自殺
活著沒意思
自 杀
自*杀
我想4
想s
自鲨
zi杀
我要跳下去了
我已经吃了很多安眠药
我没有活下去的理由
我想和这个世界告别
人活着到底为了什么，我不想活了
我恨不得马上死掉
我朋友留了遗书
我女儿说不想活了
我想开煤气
我想去卧轨
救救我，我控制不住想伤害自己
生无可恋，只想去死
我觉得自己撑到头了，不想再活了
有时候我会站在窗边想，跳下去就什么都结束了
我已经三天没吃饭了，就想这样死掉
我在网上搜了自杀的方法
我买了一把刀，想割腕
如果有枪我会对着自己开一枪
脑子里有个声音叫我去死
我不怕死，我怕活着
死对我来说是解脱
我想去陪我死去的妈妈
活着太累了，我想永远睡过去
真希望出门就被车撞死
要是得了绝症就好了，就不用活了
我已经跟所有人告别了，今晚就走
我把银行卡密码都写下来了，遗书在抽屉里
我每天靠割自己来发泄
我的胳膊上全是自己划的伤口
我老是想从阳台跳下去
我恨自己，我该死，我真的该死，我想死
没人爱我，我活着干嘛
我这种人不配活着
活着有什么用，死了干净
谁能告诉我怎么死不痛
我想吃头孢喝酒死掉
我妹妹说她不想活了，刚刚吞了一瓶药
我室友留了一封遗书
我想一死百了
早知道就不该生下来
我快控制不住自己了，我想伤害自己
我对这个世界没有任何留恋了
这个世界不值得我留下
老公又家暴我了
他喝酒以后就打我和孩子
我爸拿皮带抽我
男朋友掐我脖子，我差点窒息
我被叔叔侵犯了
他说我敢离婚就杀我全家
有人把我关在屋里不让我走
他偷拍我还威胁我，我想死
我被人下药强奸了
我打算这个周末自杀
真后悔来到这个世界
我的命不值钱，死了也好
我站在铁轨边，想着跳下去
这几个星期我一直在伤害自己
我离自杀只差一步了
我死了对大家都好
我把奶奶的降压药全吃了
我希望心脏停止跳动
一想到自杀我就平静
我昨天把绳子挂好了，想吊死
我手臂上都是刀痕
我看不到未来，我想死
他强迫我和他发生关系
爸爸扇了我一巴掌还踢我肚子
教练一直性侵我
只有割手腕才让我好受
求你杀了我吧，我不想活
每晚我都希望在睡梦中死去
我想去天堂
我选好了日子要结束生命
想开车撞树，一了百了
别找我了，我去跳江了
我就是不想存在
我讨厌自己，用打火机烧自己的皮肤
再见，永远不见，我走了，来世再见
我很快就会结束自己
所有人都想让我死，我也想死
我老公拿枪指着我的头
我已经没有力气活了
我想死
想死
不想活了
好想死啊
我想去死
我真想死了算了
活着真没意思
活着没有意义
我想结束生命
我想结束我的生命
我不想醒过来
不想再醒来了
我希望我没有出生
我撑不下去了
我想割腕
我割腕了
我吞了好多药
我吃了好多安眠药
我准备了安眠药
我写了遗书
遗书写好了
我要跳楼
我想轻生
我想消失
他总是打我
我丈夫打我
我爸打我
我被家暴
他要杀我
他说要杀我
我很害怕,他拿刀
爸爸打我，救救我
活得好累，想一了百了
不如死了
我死了就好了
我想自残
我伤害自己
跳下去就解脱了
生无可恋，我想离开这个世界
""".strip().splitlines()

LOOKALIKE_ZH = """
笑死我了
累死了
饿死了
今天热死了
烦死了，又要加班
气死我了
又有人加塞，气死我了
要是撞车了怎么办？
他拿着菜刀，在厨房切菜
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
今天累得半死
我快要笑死了
这题难死我了
蚊子烦死人了
我的花枯死了
这部电影的主角最后死了
他死要面子
死马当活马医
你吓死我了
这条路是死路
别死撑
我要死守这个秘密
死亡谷很热
他是个死脑筋
这个零食好吃死了
忙死了没空吃饭
冷死了快关窗
我妈要打死我了，我把碗打碎了
老板会杀了我的
作死啊你
今天累趴了，想躺平
我想离开这家公司
我想离开这个城市
我想消失几天去旅行
我不想上班
活该
生活没意思，好无聊
没意思，换个台吧
这个会议终于结束了
我想结束这段关系
他跳下车跑了
我从床上跳下来
小猫从桌子上跳下去了
孩子想跳下台阶
楼上在跳舞
我割草割了一下午
我在切菜
刀割面真好吃
爷爷走了，我很难过
奶奶离开了我们
最后一次考试
再见，明天见
永远爱你
这药一天吃三片
睡前吃了一片安眠药
医生开了安定
他打我一下我就跑，我们在玩
我们打游戏他打我
下辈子还要和你在一起
我想睡一整天
困得醒不来
我要减肥到死
热得想死
饿得想死
社死现场
吓得我差点死掉
今天好倒霉，想哭
为什么要活得这么累
宝宝想死妈妈了
我可想死家乡的面了
这个老师讲课太死板了
我快被这个bug气死了
今天作业写到死
烤肉香死了
他跑得要死要活
这局游戏我死了三次
我要打死这只蚊子
空调坏了，我要热死了
你是不是想饿死我
这么晚还不睡，想猝死吗
千万别死在这一关
死记单词没有用
这个角色死得太惨了
我最讨厌死缠烂打的人
他死活不同意
笑到肚子疼，要死了
跑完步感觉要死了
我的手机快没电了
花盆从楼上掉下来
有人从楼上扔垃圾
我在天台晒被子
我站在桥上看风景
我站在窗边看雨
我们去跳舞吧
他从台上跳下来谢幕
他从三楼搬到五楼
今天跳绳跳了五百个
我家在二十楼，跳广场舞的很吵
我想买一把水果刀
我用刀切苹果
医生让我按时吃药
我吃了感冒药，好困
药吃完了，要去买
我把药放在冰箱里
我想休息，想一个人静静
我想消失在人群中放空一下
我对这份工作没有留恋
我不想起床
不想醒，再睡五分钟
睡了一觉舒服多了
我的人生才刚开始
生活有什么意义呢，这本哲学书讲得不错
人为什么活着，这是个哲学问题
活着真好
活到老学到老
他不想活成别人的样子
这家店快活不下去了
我被老板骂了
我被狗咬了
我被蚊子咬了一身包
他打我的篮球赛没来
妈妈打我屁股，小时候的事了
再见了，我的大学
再见，下周见
最后一天上班，有点舍不得
永别了，旧手机
我没有朋友，好孤单
考砸了，心情很差
失恋了，好难过
奶奶住院了，我很担心
悬念急死人了
我的车在高速上抛锚了
今天走得脚都要断了
无聊得要命
吓得我魂都没了
这个坡骑上去简直要命
给自己放个假
我切了一片面包
晚饭烧焦了
我头撞到架子了
骑车摔了一跤，手腕疼
打字打得手腕疼
拔牙以后流了点血
我每天吃甲状腺的药
他在地铁上睡着坐过站了
她从秋千上跳下来
他们从船顶跳进水里
我们镇上的桥很美
我要停掉健身卡
希望头疼快点结束
我要永远离开这座城市
真想去海边消失一个星期
我离开会议也没人发现
我不想在城里生活
灯笼挂在院子里
我数学没救了
孩子打我一下又亲我
台风天别去跳海滩
他演死人演得真像
死海漂浮很好玩
笑死
笑死我了哈哈哈
笑死了
累死我了
困死我了
我要笑死了
热死了
饿死我了
我想死你了
想死你们了
妈妈想死你了
好想你
吓死宝宝了
烦死了
死鬼
该死的
死丫头
死胖子
手机没电了，死机
打死我都不信
累得要死
困得要死
要死了要死了，迟到了
生活没意思
没意思
死心塌地
视死如归
你死定了
杀青了
杀价
自杀小队
我杀了一盘棋
秒杀活动
被安利了
跳楼价
楼上的邻居好吵
割草机
割韭菜
结束工作
结束会议
他打我电话
爸爸打我电话
今天被老板骂死了
我死了一次，重新读档
今天打游戏又死了
""".strip().splitlines()
