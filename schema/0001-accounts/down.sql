DROP TABLE instance;
DROP TABLE role_assignment;
DROP TABLE token;
DROP TABLE group_member;
DROP TABLE user_group;
DROP TABLE user;
