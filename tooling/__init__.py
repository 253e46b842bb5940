"""What ./run is made of: it prepares Python, Odoo and PostgreSQL, then hands over.

Standard library only: it runs before anything is installed.
"""
