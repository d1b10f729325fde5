"""The checker: each way in which a clause could say what the person did not."""

from __future__ import annotations

import pytest

from edge.affect import Language
from edge.response.checker import refusal, untellable

EN, ZH = Language.EN, Language.ZH

RIGHT = [
    ("They had the meeting without me. Again.", "they had the meeting without you", EN),
    ("Honestly, my boss shouted at me and I just sat there.", "your boss shouted at you", EN),
    ("Honestly, my boss shouted at me and I just sat there.", "you sat there", EN),
    ("I don't think he likes me", "you don't think he likes you", EN),
    ("My sister got married today!", "your sister got married", EN),
    ("I thought he would call, but he forgot my birthday", "he forgot your birthday", EN),
    ("When I got home, the house was empty", "when you got home, the house was empty", EN),
    ("会开完了，我还没说上话", "会开完了，你还没说上话", ZH),
    ("唉，开了三个小时的会，我一句话都没说上，真憋屈。", "你一句话都没说上", ZH),
    ("我妈又催我结婚了", "你妈妈又催你结婚了", ZH),
    ("电脑又死机了，写的东西全没了", "电脑又死机了", ZH),
]
WRONG = [
    # a denial lost, or made
    ("I don't like my new job", "you like your new job", EN, "did not say"),
    ("I'm not very happy with my room", "you're happy with your room", EN, "did not say"),
    ("I got the job", "you didn't get the job", EN, "did not say"),
    ("我没考上研", "你考上研", ZH, "did not say"),
    # the person flipped
    ("My boss shouted at me", "you shouted at your boss", EN, "did not say"),
    ("She left me", "you left her", EN, "did not say"),
    ("他骂了我", "你骂了他", ZH, "did not say"),
    # a number changed, a word added
    ("I waited two hours for the bus", "you waited three hours for the bus", EN, "did not say"),
    ("My boss shouted at me", "your boss shouted at you again", EN, "did not say"),
    ("老板骂了我", "老板又骂了你", ZH, "did not say"),
    # what makes it unsure is left out
    ("I wish he loved me, he was my first friend", "he loved you", EN, "begins in the middle"),
    ("If she calls me, I'm happy all day", "you're happy all day", EN, "left out"),
    ("He said, I broke his car", "you broke his car", EN, "left out"),
    ("Maybe, my sister is coming home", "your sister is coming home", EN, "left out"),
    ("我以为，他会来接我", "他会来接你", ZH, "ends in the middle|left out"),
    ("如果他来，我就去车站", "你就去车站", ZH, "left out|without its subject"),
    ("以前周一，我妹妹都会打过来。", "你妹妹都会打过来", ZH, "left out"),
    # not a clause
    ("My boss shouted at me in the morning", "your boss shouted at", EN, "ends in the middle"),
    ("I told my sister about the new car", "my sister about the new car", EN, "did not say"),
    ("I sat in the car and listened", "in the car", EN, "begins in the middle"),
    ("When I got home the house was dark", "when you got home the house was dark", EN, "half a sentence"),
    ("我昨天跟老板说的那个事", "你昨天跟老板说的那个", ZH, "ends in the middle"),
    # judgements and what reviewed texts answer
    ("I'm a failure at my job", "you're a failure at your job", EN, "judges"),
    ("My husband is an idiot", "your husband is an idiot", EN, "judges"),
    ("我就是个废物", "你就是个废物", ZH, "judges"),
    ("My dog died and I cut myself", "you cut yourself", EN, "reviewed texts"),
    ("I took all my pills", "you took all your pills", EN, "reviewed texts"),
    ("我爸得了癌症", "你爸爸得了癌症", ZH, "reviewed texts"),
    # nothing of the person's
    ("The lunatic sits on the grass", "the lunatic sits on the grass", EN, "judges|not about the person"),
    ("You never listen to me", "you never listen to you", EN, "speaks to somebody"),
    ("Why did my boss shout at me?", "your boss shouted at you", EN, "asks"),
    ("你从来不听我说", "你从来不听你说", ZH, "speaks to somebody"),
    ("老板为什么骂我", "老板为什么骂你", ZH, "asks"),
    ("My boss praised me, just kidding", "your boss praised you", EN, "taken back"),
    # length, language, repetition
    ("I did it", "you did", EN, "words or characters"),
    ("我老板今天骂了我一顿", "your boss shouted at you", ZH, "did not say"),
    ("My boss shouted at me", "老板骂了你", EN, "did not say"),
    ("I went home, I went home to my dog", "you went home, you went home to your dog", EN, "strings"),
    ("My card is 4532 at my bank", "your card is 4532 at your bank", EN, "not said aloud"),
]


@pytest.mark.parametrize(("words", "clause", "language"), RIGHT)
def test_what_was_said_may_be_told_back(words: str, clause: str, language: Language) -> None:
    assert refusal(words, clause, language) is None


@pytest.mark.parametrize(("words", "clause", "language", "why"), WRONG)
def test_what_was_not_said_is_refused(words: str, clause: str, language: Language, why: str) -> None:
    found = refusal(words, clause, language)
    assert found is not None
    assert any(part in found for part in why.split("|")), found


@pytest.mark.parametrize("words", ["", "...", "😭😭", "我 love you", "http://a.b I like it"])
def test_what_is_no_speech_is_not_told_back(words: str) -> None:
    for language in Language:
        assert untellable(words, language) is not None or refusal(words, words, language) is not None


READ = [
    # found by reading what was told back of real sentences
    ("I passed thanks everyone", "you passed thanks everyone", EN),
    ("I got the job, I am so happy I could dance", "you are happy you could dance", EN),
    ("I I'm so honoured by my boss", "you you're honoured by your boss", EN),
    ("My hunch is, my sister has seen it", "your hunch is", EN),
    ("I'm done with my break I'm going to make more", "you're done with your break you're going to make more", EN),
    ("We should ask my boss for more", "you should ask your boss for more", EN),
    ("Someone tell me how my sister feels", "someone tell you how your sister feels", EN),
    ("I'm disappointed that my tiles weren' t grey", "you're disappointed that your tiles weren", EN),
    ("The full video shows that the kids laughed", "the full video shows that the kids laughed", EN),
    ("咱们别打搅他们", "你们别打搅他们", ZH),
    ("我不能轻视自己的能力", "你不能轻视自己的能力", ZH),
    ("我需要更加放宽心态", "你需要更加放宽心态", ZH),
    ("千错万错都是我的错", "千错万错都是你的错", ZH),
    ("他失业不失业", "他失业不失业", ZH),
    ("我的智慧啊", "你的智慧", ZH),
    ("我一见她呢 就乐了", "你一见她", ZH),
    ("我说兄弟", "你说兄弟", ZH),
    ("My answer is that both the means and the ends are mine", "your answer is that both the means", EN),
    ("我觉得我根本没有存在的必要", "你觉得你根本没有存在的必要", ZH),
    ("明天2:00我们见面就好", "00你们见面就好", ZH),
    ("一想到面试，我就睡不着", "你就睡不着", ZH),
    ("她在我的手机被抢走后，也很难过", "她在你的手机被抢走后", ZH),
    (
        "My son can't remember his brother and my husband and I miss him",
        "your son can't remember his brother and your husband",
        EN,
    ),
    ("I it was cool to live with my dad", "you it was cool to live with your dad", EN),
    ("我今天很開心，終於放假了", "你今天很開心", ZH),
    ("我想死我妈了", "你想死你妈妈了", ZH),
]


@pytest.mark.parametrize(("words", "clause", "language"), READ)
def test_what_was_read_and_was_wrong_is_refused(words: str, clause: str, language: Language) -> None:
    assert refusal(words, clause, language) is not None
