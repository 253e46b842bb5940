"""What ./run is made of: it prepares Python, Odoo and PostgreSQL, then hands over to them.

Standard library only: it runs before anything is installed.
"""
