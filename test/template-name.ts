/** The database that is migrated and empty, which every test's own is cloned from. */
export const TEMPLATE = 'ck_template'
