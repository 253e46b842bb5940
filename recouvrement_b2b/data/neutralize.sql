-- A copy of a database contacts nobody.
UPDATE res_company SET collection_sending = FALSE;
