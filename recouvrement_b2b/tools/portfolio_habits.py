"""How the customers of the demo portfolio buy and pay. Pure: no ORM."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habit:
    """A payment habit.

    :ivar share: how many customers of 120 have it
    :ivar volume: how much more often than the others they are invoiced
    :ivar delay: days from the due date to the payment, at least and at most
    :ivar amounts: of an invoice without tax, at least and at most
    :ivar part: chance that an invoice is paid in two parts
    """

    code: str
    share: int
    term: str
    delay: tuple[int, int]
    amounts: tuple[int, int] = (250, 6000)
    volume: float = 1.0
    part: float = 0.03
    currency: str = ""


HABITS = (
    Habit("punctual", 22, "30", (-4, 1)),
    Habit("a_bit_late", 24, "30", (3, 20)),
    Habit("late", 22, "45", (20, 70), part=0.08),
    Habit("very_late", 14, "30", (60, 170), part=0.12),
    # Paid a little late, then not at all from a day of the past year on.
    Habit("never", 8, "30", (0, 25)),
    # Contests an invoice in three, and pays those very late.
    Habit("disputes", 6, "30", (5, 25)),
    # Accounts that pay by runs, on the 10th of the month.
    Habit("large", 4, "45_eom", (0, 25), (4000, 45000), volume=4.0, part=0),
    Habit("small", 8, "immediate", (5, 90), (12, 80), volume=0.7),
    Habit("instalments", 6, "split", (0, 40), (2000, 12000), volume=0.8, part=0),
    Habit("export_usd", 3, "30", (0, 30), (1500, 15000), currency="USD"),
    Habit("export_gbp", 2, "30", (5, 60), (1000, 9000), currency="GBP"),
    Habit("export_chf", 1, "30", (-2, 20), (1000, 9000), currency="CHF"),
)

# What is sold: in French, and in English for foreign customers.
CATALOGUE = (
    ("Maintenance préventive, forfait", "Preventive maintenance, flat rate"),
    ("Intervention sur site", "On-site repair"),
    ("Roulements à billes 6205, lot", "Ball bearings 6205, pack"),
    ("Vérins hydrauliques double effet", "Double-acting hydraulic cylinders"),
    ("Joints et raccords, assortiment", "Seals and fittings, assorted"),
    ("Huile hydraulique ISO 46, fût", "Hydraulic oil ISO 46, drum"),
    ("Courroies trapézoïdales", "V-belts"),
    ("Étude et chiffrage", "Design and costing"),
    ("Formation des opérateurs, journée", "Operator training, per day"),
    ("Location de groupe électrogène", "Generator rental"),
    ("Consommables d'atelier", "Workshop supplies"),
    ("Transport et mise en service", "Delivery and commissioning"),
)


def shares(count) -> list[Habit]:
    """Return the habit of each of ``count`` customers, in the table's proportions.

    Each habit is there at least once as soon as there are as many customers as habits.
    """
    total = sum(habit.share for habit in HABITS)
    wanted = {habit: habit.share * count / total for habit in HABITS}
    numbers = {habit: max(1, int(share)) for habit, share in wanted.items()}
    while sum(numbers.values()) < count:
        habit = max(HABITS, key=lambda habit: wanted[habit] - numbers[habit])
        numbers[habit] += 1
    while sum(numbers.values()) > max(count, len(HABITS)):
        several = [habit for habit in HABITS if numbers[habit] > 1]
        habit = max(several, key=lambda habit: numbers[habit] - wanted[habit])
        numbers[habit] -= 1
    return [habit for habit in HABITS for _rank in range(numbers[habit])][:count]
