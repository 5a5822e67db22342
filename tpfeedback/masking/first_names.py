"""First names, to tell "driver Tom" from "driver Uber": common ones, by hand, in three scripts.

Russian and Polish ones stand with the forms that their cases give them.
"""

from __future__ import annotations

import re
from functools import cache

_ENGLISH = """
Aaron Abby Abdul Abigail Adam Adrian Ahmed Aisha Alan Albert Alejandro Alex Alexander Alexandra
Alfie Ali Alice Alicia Alison Amanda Amber Amelia Amir Amy Ana Andre Andrea Andrew Andy Angel
Angela Anita Ann Anna Anne Annie Anthony Antonio April Arjun Arthur Ashley Ava Barbara Becky Bella
Ben Benjamin Beth Betty Bill Billy Bob Bobby Brad Brandon Brenda Brian Bruce Bryan Callum Cameron
Carl Carla Carlos Carmen Carol Caroline Catherine Charles Charlie Charlotte Chloe Chris Christian
Christina Christine Christopher Claire Clara Connor Courtney Craig Crystal Cynthia Daisy Dale Dan
Daniel Danielle Danny Darren Dave David Dawn Dean Debbie Deborah Denise Dennis Derek Diana Diane
Diego Dominic Donald Donna Doris Dorothy Doug Douglas Dylan Ed Eddie Edward Eileen Elaine Eleanor
Elena Elizabeth Ella Ellen Ellie Emily Emma Eric Erica Erin Esther Ethan Eva Evan Evelyn Fatima
Fiona Frances Francesca Francis Frank Fred Freya Gabriel Gareth Garry Gary Gavin Geoff George
Gerald Gina Glen Gloria Gordon Grace Graham Greg Gregory Hannah Harold Harriet Harry Hassan Hazel
Heather Heidi Helen Henry Holly Howard Hugh Ian Imran Isaac Isabel Isabella Isabelle Isla Ivan Jack
Jackie Jacob Jake James Jamie Jan Jane Janet Janice Jasmine Jason Jay Jean Jeff Jeffrey Jen Jenna
Jennifer Jenny Jeremy Jerry Jess Jesse Jessica Jill Jim Jimmy Jo Joan Joanna Joanne Joe Joel John
Johnny Jon Jonathan Jordan Jorge Jose Joseph Josh Joshua Joyce Juan Juanita Judith Judy Julia
Julian Julie June Justin Karen Karl Kate Katherine Kathleen Kathy Katie Kayla Keith Kelly Ken
Kenneth Kerry Kevin Khalid Kim Kimberly Kirsty Kristen Kyle Larry Laura Lauren Lawrence Leah Lee
Leo Leon Leonard Leslie Lewis Liam Lily Linda Lindsay Lindsey Lisa Liz Lorraine Louis Louise Lucas
Lucy Luis Luke Lydia Lynn Maddie Madison Malcolm Mandy Marcus Margaret Maria Marie Marilyn Mario
Marion Martha Martin Mary Mateo Matt Matthew Maureen Max Megan Mel Melanie Melissa Mia Michael
Michelle Miguel Mike Mohamed Mohammad Mohammed Molly Monica Muhammad Nadia Nancy Naomi Natalie
Natasha Nathan Neil Nicholas Nick Nicola Nicole Nigel Nina Noah Nora Norma Oliver Olivia Omar Oscar
Owen Pablo Pam Pamela Pat Patricia Patrick Paul Paula Pauline Pedro Peggy Penny Peter Phil Philip
Phillip Phoebe Priya Rachel Raj Rajesh Ralph Ravi Ray Raymond Rebecca Rhys Ricardo Richard Rick
Ricky Rita Rob Robert Roberto Robin Rodney Roger Ronald Rory Rosa Rosie Ross Roy Russell Ruth Ryan
Sally Sam Samantha Samir Samuel Sandra Sanjay Sara Sarah Scott Sean Sebastian Shane Shannon Sharon
Shaun Sheila Shirley Simon Sofia Sophia Sophie Stacey Stan Stella Stephanie Stephen Steve Steven
Stewart Stuart Sue Susan Suzanne Sydney Sylvia Tara Ted Teresa Terry Theresa Thomas Tiffany Tim
Timothy Tina Toby Todd Tom Tommy Toni Tony Tracey Tracy Trevor Valerie Vanessa Veronica Vicky
Victor Victoria Vincent Virginia Walter Wayne Wendy Will William Yasmin Yusuf Yvonne Zac Zach
Zachary Zara Zoe
"""

_RUSSIAN = """
Абдул Абдулла Августа Азамат Азат Аиша Айбек Айгерим Айгуль Айнур Айрат Акбар Алевтина Александр
Александра Алексей Алена Алёна Алина Алиса Алишер Алия Алла Альберт Альбина Альфия Амина Анастасия
Анатолий Анвар Ангелина Андрей Анечка Анжела Анжелика Анна Антон Антонина Аня Аркадий Армен Арсен
Арсений Арслан Артем Артём Артур Асель Аслан Ася Ахмед Ашот Бахтиёр Бахтияр Богдан Борис
Ваган Вадим Валентин Валентина Валерий Валерия Валя Ваня Варвара Василий Василиса Вася Вера
Вероника Вика Виктор Виктория Виталий Витя Влад Владимир Владислав Владислава Вова Володя Вячеслав
Гагик Галина Галя Гаяне Геннадий Георгий Герман Глеб Гоар Григорий Гриша Гузель Гульназ Гульнара
Давид Дамир Даниил Данил Данила Данияр Дарина Дарья Даша Денис Диана Дилшод Дима Динара Дмитрий Ева
Евгений Евгения Егор Екатерина Елена Елизавета Ерлан Ефим Жанар Жанна Жасур Женя Заира Зарема
Зарина Заур Захар Зинаида Зоя Зульфия Зухра Ибрагим Иван Игорь Илона Ильгиз Ильдар Ильназ Ильнур
Ильшат Илья Инга Инна Ира Ирина Камила Камиль Карен Карина Катя Кира Кирилл Клавдия Коля
Константин Костя Кристина Ксения Ксюша Лариса Лейла Лена Леночка Лёня Леонид Лера Лёха Лёша Леша
Лиана Лидия Лиза Лилия Лиля Линара Люба Любовь Люда Людмила Магомед Мадина Майя Макар Максим Марат
Маргарита Марина Мария Марк Марта Марьям Марьяна Матвей Маша Машенька Милана Милена Михаил Миша
Мурад Мурат Мухаммед Надежда Надя Назар Наиль Настенька Настя Наталия Наталья Наташа Наташенька
Нелли Никита Николай Нина Нургуль Нурлан Оксана Олег Оленька Олеся Ольга Оля Отабек Павел Патимат
Паша Пётр Петр Петя Полина Равшан Раиса Рамиль Рафаэль Рашид Регина Ренат Римма Ринат Рита Роберт
Родион Роман Ростислав Рузанна Руслан Рустам Сабина Саша Света Светлана Святослав Семён Семен
Сергей Серёга Серёжа Слава Снежана Соня Софа София Софья Станислав Стас Степан Сурен Таисия Тамара
Танечка Таня Татьяна Тигран Тимофей Тимур Тоня Улугбек Ульяна Умид Фаина Фарид Фарида Фархад Фатима
Федор Фёдор Филипп Хасан Шамиль Шахноза Эдуард Элина Эльвира Эльдар Эльмира Эльнур Эмиль Эмма
Юлечка Юлиана Юлия Юля Юра Юрий Яков Ян Яна Ярослав Ярослава
"""

_POLISH = """
Adam Ada Adrian Adrianna Agata Agnieszka Ala Albert Aldona Aleksander Aleksandra Alicja Alina Ania
Andrzej Aneta Anna Antoni Antonina Arek Arkadiusz Artur Asia Bartek Bartłomiej Bartosz Basia Beata
Bogdan Bogusław Bożena Cezary Czesław Damian Daniel Danuta Daria Dariusz Darek Dawid Dominik
Dominika Dorota Edyta Elżbieta Ela Emilia Ewa Ewelina Filip Franciszek Gabriela Gosia Grażyna
Grzegorz Halina Hanna Hania Henryk Hubert Iga Igor Ilona Irena Ireneusz Iwona Izabela Iza Jacek
Jadwiga Jakub Jan Janek Janina Janusz Jarek Jarosław Jerzy Joanna Jola Jolanta Józef Julia Julita
Justyna Kacper Kamil Kamila Karol Karolina Kasia Katarzyna Kinga Klaudia Konrad Krystian Krystyna
Krzysiek Krzysztof Kuba Lena Leszek Lidia Lucyna Łukasz Maciej Maciek Magda Magdalena Maja
Małgorzata Marcel Marcin Marek Maria Mariola Mariusz Marlena Marta Martyna Mateusz Michalina
Michał Mikołaj Milena Mirek Mirosław Mirosława Monika Natalia Nikola Nina Norbert Ola Olga Oliwia
Oskar Patrycja Patryk Paulina Paweł Piotr Piotrek Przemek Przemysław Radek Radosław Rafał Renata
Robert Roman Ryszard Sandra Sebastian Sławek Sławomir Stanisław Stefan Sylwester Sylwia Szymon
Tadeusz Teresa Tomasz Tomek Urszula Ula Wanda Weronika Wiesława Wiktor Wiktoria Wioletta Wiola
Witold Władysław Wojciech Wojtek Zbigniew Zbyszek Zdzisław Zenon Zofia Zosia Zuzanna
"""


@cache
def first_names() -> frozenset[str]:
    """Return all first names in all their forms, in small letters.

    >>> [name in first_names() for name in ("tom", "анной", "сергея", "kasi", "сбера", "uber")]
    [True, True, True, True, False, False]
    """
    forms = {name.lower() for name in _ENGLISH.split()}
    for name in _RUSSIAN.lower().split():
        forms |= _russian_forms(name)
    return frozenset(forms | polish_first_names())


@cache
def polish_first_names() -> frozenset[str]:
    """Return the Polish first names in all their forms, in small letters.

    >>> [name in polish_first_names() for name in ("tomkowi", "kasi", "douglas", "zara")]
    [True, True, False, False]
    """
    return frozenset().union(*(_polish_forms(name) for name in _POLISH.lower().split()))


def begins_with_first_name(text: str) -> bool:
    """Tell whether the first word of a text is a first name.

    >>> begins_with_first_name("Anna-Maria Nowak"), begins_with_first_name("Uber Eats")
    (True, False)
    """
    return re.split(r"[ .\-]", text, maxsplit=1)[0].lower() in first_names()


def _russian_forms(name: str) -> set[str]:
    stem, last = name[:-1], name[-1]
    endings = {"а": "а ы и е у ой ей", "я": "я и е ю ей", "й": "й я ю ем е и", "ь": "ь я ю ем и ью"}
    if name == "павел":
        return {name, *(f"павл{end}" for end in ("а", "у", "ом", "е"))}
    if last in endings:
        return {stem + end for end in endings[last].split()}
    return {name, *(name + end for end in ("а", "у", "ом", "ем", "е"))}


def _polish_forms(name: str) -> set[str]:
    if name.endswith("a"):
        stem = name[:-1]
        soft = {stem[:-1] + "ce"} if stem.endswith("k") else {stem + "ie", stem + "e"}
        soft |= {stem[:-1] + "rze"} if stem.endswith("r") else set()
        soft |= {stem} if stem.endswith("i") else set()
        return soft | {stem + end for end in ("a", "y", "i", "ę", "ą", "o", "u")}
    hard = name[:-2] + "k" if name.endswith("ek") else name
    hard = "pawł" if name == "paweł" else hard
    endings = ("a", "owi", "em", "iem", "u", "ie", "y", "ego", "emu", "m")
    return {name} | {hard + end for end in endings}
