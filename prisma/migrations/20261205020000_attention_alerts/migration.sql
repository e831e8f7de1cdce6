-- Something that a policy wants people to look at: an abnormal transaction, the complaint of a VIP.
ALTER TYPE "AlertKind" ADD VALUE 'ATTENTION' BEFORE 'POLICY_FAILED';
